import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptEnd, AttemptFacts, StartOptions } from '../../../lib/state/attempt-records.ts';
import type { TaskRecord } from '../../../lib/state/task-record.ts';
import { type StateBench, startStateBench } from '../../support/state-bench.ts';

let bench: StateBench;
beforeAll(async () => {
  bench = await startStateBench();
});
afterAll(() => bench.stop());

const signal = AbortSignal.timeout(600_000);
const ERROR = { type: 'CardDeclined', message: 'no' };
const ENDS = {
  completed: { kind: 'completed', resultJson: '{"n":1}' },
  retrying: { kind: 'retrying', error: ERROR },
  failed: { kind: 'failed', error: ERROR },
  revoked: { kind: 'revoked' },
} satisfies Record<string, AttemptEnd>;

function facts(more: Partial<AttemptFacts> = {}): AttemptFacts {
  const id = more.id ?? randomUUID();
  return { id, task: 't', queue: 'q', attempt: 1, requestId: 'r', owner: randomUUID(), ...more };
}

/** Another attempt of the same task. */
const again = (first: AttemptFacts, more: Partial<AttemptFacts> = {}) =>
  facts({ ...first, owner: randomUUID(), ...more });

const start = (of: AttemptFacts, options: Partial<StartOptions> = {}) =>
  bench.state.attempts.start(
    of,
    { exclusive: false, redriven: false, leaseUntil: Date.now() + 60_000, ...options },
    signal,
  );
const end = (of: AttemptFacts, how: AttemptEnd) => bench.state.attempts.end(of, how, signal);
const read = async (id: string) => (await bench.state.read(id)) as TaskRecord;
const exclusive = { exclusive: true };
const lapsed = { leaseUntil: Date.now() - 1 };

/** A task that is in the state, with the attempt that brought it there. */
async function taskIn(status: string, options: Partial<StartOptions> = {}): Promise<AttemptFacts> {
  const first = facts();
  await bench.state.createQueued(first);
  if (status === 'queued') return first;
  await start(first, options);
  if (status !== 'running') await end(first, ENDS[status as keyof typeof ENDS]);
  return first;
}

describe('start', () => {
  it.each([
    // status, exclusive, redriven, what a second attempt is told, the state then
    ['none', false, false, 'started', 'running'],
    ['none', true, false, 'started', 'running'],
    ['queued', false, false, 'started', 'running'],
    ['queued', true, false, 'started', 'running'],
    ['retrying', false, false, 'started', 'running'],
    ['retrying', true, false, 'started', 'running'],
    ['running', false, false, 'started', 'running'],
    ['running', true, false, 'busy', 'running'],
    ['completed', false, false, 'ended', 'completed'],
    ['completed', true, false, 'completed', 'completed'],
    ['completed', false, true, 'ended', 'completed'],
    ['completed', true, true, 'completed', 'completed'],
    ['failed', false, false, 'ended', 'failed'],
    ['failed', false, true, 'started', 'running'],
    // Its effect has not happened, and is not to happen twice at a time.
    ['failed', true, false, 'started', 'running'],
    ['failed', true, true, 'started', 'running'],
    ['revoked', false, false, 'revoked', 'revoked'],
    ['revoked', true, false, 'revoked', 'revoked'],
    ['revoked', false, true, 'revoked', 'revoked'],
    ['revoked', true, true, 'revoked', 'revoked'],
  ])('of a task that is %s (exclusive %s, redriven %s): %s', async (...row) => {
    const [status, isExclusive, redriven, kind, then] = row;
    const first = status === 'none' ? facts() : await taskIn(status, exclusive);
    expect(await start(again(first), { exclusive: isExclusive, redriven })).toMatchObject({ kind });
    expect((await read(first.id)).status).toBe(then);
  });

  it('gives a duplicate of a completed task its result and the trace of the first run', async () => {
    const traceId = 'a'.repeat(32);
    const first = facts({ traceId });
    await start(first, exclusive);
    await end(first, ENDS.completed);
    expect(await start(again(first, { traceId: 'b'.repeat(32) }), exclusive)).toEqual({
      kind: 'completed',
      resultJson: '{"n":1}',
      traceId,
    });
  });

  it('says until when another runs, and takes over when that is past', async () => {
    const first = facts();
    const leaseUntil = Date.now() + 5_000;
    await start(first, { exclusive: true, leaseUntil });
    expect(await start(again(first), exclusive)).toEqual({ kind: 'busy', until: leaseUntil });
    const other = facts();
    await start(other, { exclusive: true, ...lapsed });
    expect(await start(again(other), exclusive)).toMatchObject({ kind: 'started' });
  });

  it('is not refused to the owner whose first call it was', async () => {
    const first = await taskIn('running', exclusive);
    expect(await start(first, exclusive)).toMatchObject({ kind: 'started' });
  });

  it('is not refused to the owner whose answer was lost', async () => {
    const first = facts();
    let lost = 0;
    bench.breakBy(() => (lost++ === 0 ? 'lose-answer' : undefined));
    expect(await start(first, exclusive)).toMatchObject({ kind: 'started' });
    bench.heal();
    expect(lost).toBe(2);
  });

  it('does not restart what its owner has ended, when the call comes late', async () => {
    const first = await taskIn('completed', exclusive);
    expect(await start(first, exclusive)).toMatchObject({ kind: 'completed' });
    expect((await read(first.id)).status).toBe('completed');
  });

  it('keeps from running what somebody wants revoked, whatever the message is', async () => {
    const first = await taskIn('running', { exclusive: true, ...lapsed });
    expect(await bench.state.revoke(first.id)).toEqual({ kind: 'revoking' });
    for (const options of [{}, exclusive, { redriven: true }]) {
      expect(await start(again(first), options)).toEqual({ kind: 'revoked' });
    }
  });

  it('lets exactly one of many run', async () => {
    const first = await taskIn('queued');
    const starts = await Promise.all(
      Array.from({ length: 12 }, () => start(again(first), exclusive)),
    );
    expect(starts.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(starts.filter(({ kind }) => kind === 'busy')).toHaveLength(11);
  });

  it('writes the whole record where there is none', async () => {
    const enqueuedAt = new Date('2026-03-01T12:00:00Z');
    const workflow = { id: 'w', step: 2 };
    const first = facts({ enqueuedAt, workflow, attempt: 3, traceId: 'c'.repeat(32) });
    await start(first);
    const { startedAt, ...record } = await read(first.id);
    expect(record).toEqual({
      kind: 'task',
      id: first.id,
      task: 't',
      queue: 'q',
      status: 'running',
      attempts: 3,
      enqueuedAt,
      traceId: 'c'.repeat(32),
      requestId: 'r',
      workflow,
    });
    expect(startedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe('end', () => {
  it.each([
    ['queued', 'completed', true],
    ['queued', 'failed', true],
    ['queued', 'revoked', true],
    ['queued', 'retrying', false],
    ['retrying', 'completed', true],
    ['retrying', 'failed', true],
    ['retrying', 'revoked', true],
    ['retrying', 'retrying', false],
    ['completed', 'completed', false],
    ['completed', 'failed', false],
    ['completed', 'revoked', false],
    ['completed', 'retrying', false],
    ['failed', 'completed', false],
    ['failed', 'failed', false],
    ['failed', 'revoked', false],
    ['failed', 'retrying', false],
    ['revoked', 'completed', false],
    ['revoked', 'failed', false],
    ['revoked', 'retrying', false],
  ] as const)('of a task that is %s, by %s: written is %s', async (status, how, written) => {
    const first = await taskIn(status);
    expect(await end(again(first), ENDS[how])).toBe(written);
    expect((await read(first.id)).status).toBe(written ? how : status);
  });

  it.each(['completed', 'failed', 'revoked', 'retrying'] as const)(
    '%s is written by the attempt that runs',
    async (how) => {
      const first = await taskIn('running');
      expect(await end(first, ENDS[how])).toBe(true);
      expect((await read(first.id)).status).toBe(how);
    },
  );

  it.each(['failed', 'retrying'] as const)(
    '%s is not written over the run of another attempt, which may complete yet',
    async (how) => {
      const first = await taskIn('running', { exclusive: true, ...lapsed });
      const second = again(first);
      await start(second, exclusive);
      expect(await end(first, ENDS[how])).toBe(false);
      expect(await start(again(first), exclusive)).toMatchObject({ kind: 'busy' });
      expect(await end(second, ENDS.completed)).toBe(true);
      expect(await read(first.id)).toMatchObject({ status: 'completed', result: { n: 1 } });
    },
  );

  it('failed is written over the run of a dead worker, whose lease is over', async () => {
    const first = await taskIn('running', lapsed);
    expect(await end(again(first), ENDS.failed)).toBe(true);
    expect((await read(first.id)).status).toBe('failed');
  });

  it('completed is written whoever has taken over: the work is done', async () => {
    const first = await taskIn('running', { exclusive: true, ...lapsed });
    const second = again(first);
    await start(second, exclusive);
    expect(await end(first, ENDS.completed)).toBe(true);
    expect(await end(second, ENDS.failed)).toBe(false);
    expect(await start(again(first), exclusive)).toMatchObject({ kind: 'completed' });
  });

  it('writes the whole record where there is none', async () => {
    const first = facts({ attempt: 2 });
    expect(await end(first, ENDS.failed)).toBe(true);
    expect(await read(first.id)).toMatchObject({
      id: first.id,
      status: 'failed',
      attempts: 2,
      error: ERROR,
    });
  });

  it('shows a result, and no longer the error of an attempt before', async () => {
    const first = await taskIn('retrying');
    expect((await read(first.id)).error).toEqual(ERROR);
    const second = again(first, { attempt: 2 });
    await start(second);
    await end(second, ENDS.completed);
    const record = await read(first.id);
    expect(record).toMatchObject({ status: 'completed', attempts: 2, result: { n: 1 } });
    expect(record).not.toHaveProperty('error');
  });

  it('shows no time of an end before while it runs once more', async () => {
    const first = await taskIn('failed');
    expect(await read(first.id)).toHaveProperty('finishedAt');
    await start(again(first), { redriven: true });
    expect(await read(first.id)).not.toHaveProperty('finishedAt');
  });

  it('keeps the wish to revoke over a retry', async () => {
    const first = await taskIn('running');
    await bench.state.revoke(first.id);
    await end(first, ENDS.retrying);
    expect(await start(again(first))).toEqual({ kind: 'revoked' });
    expect(await bench.state.revoke(first.id)).toEqual({ kind: 'revoked' });
    expect((await read(first.id)).status).toBe('revoked');
  });
});

describe('how long a record is kept', () => {
  const days = async (id: string) => {
    const { expires_at: seconds } = (await bench.item(`task#${id}`)) ?? {};
    return Math.round((Number(seconds) - Date.now() / 1000) / 86_400);
  };

  it.each(['queued', 'running', 'retrying'])(
    '%s: longer than a queue keeps a message',
    async (status) => {
      expect(await days((await taskIn(status)).id)).toBe(15);
    },
  );

  it.each(['completed', 'failed', 'revoked'])('%s: for 7 days', async (status) => {
    expect(await days((await taskIn(status)).id)).toBe(7);
  });

  it('completed, as a step of a workflow: until a dead step beside it can be redriven no more', async () => {
    const first = facts({ workflow: { id: 'w', step: 0 } });
    await start(first);
    await end(first, ENDS.completed);
    expect(await days(first.id)).toBe(15);
  });

  it('in whole seconds, as DynamoDB wants it', async () => {
    const { expires_at } = (await bench.item(`task#${(await taskIn('running')).id}`)) ?? {};
    expect(Number.isInteger(expires_at)).toBe(true);
  });
});

describe('an effect with a key of its own', () => {
  const effect = (more: Partial<AttemptFacts> = {}) => facts({ effectKey: randomUUID(), ...more });

  it('is one for two messages of one key', async () => {
    const first = effect();
    const second = facts({ effectKey: first.effectKey ?? '' });
    await start(first, exclusive);
    expect(await start(second, exclusive)).toMatchObject({ kind: 'busy' });
    await end(first, ENDS.completed);
    expect(await start(second, exclusive)).toMatchObject({ kind: 'completed' });
  });

  it('is another for another task, and the record of neither message', async () => {
    const first = effect();
    await start(first, exclusive);
    expect(await start(facts({ ...first, task: 'u', owner: 'other' }), exclusive)).toMatchObject({
      kind: 'started',
    });
    expect(await bench.state.read(first.id)).toBeUndefined();
  });

  it('may still happen after a message that was to do it was revoked', async () => {
    const first = effect();
    await start(first, exclusive);
    await end(first, ENDS.revoked);
    expect(await start(again(first), exclusive)).toMatchObject({ kind: 'started' });
  });
});

describe('ids', () => {
  it.each([
    ['#', '#'],
    ['one with the parts of keys', 'key#task#x'],
    ['128 characters', 'x'.repeat(128)],
    ['129 characters', 'x'.repeat(129)],
    ['another of 129', `${'x'.repeat(128)}y`],
    ['3,000 characters', 'x'.repeat(3_000)],
    ['half a megabyte', 'x'.repeat(500_000)],
    ['other scripts', '注文😀'.repeat(40)],
    ['half a character', 'a\ud800'],
  ])('%s', async (_, id) => {
    const first = facts({ id });
    expect(await bench.state.createQueued(first)).toBe(true);
    expect(await start(first, exclusive)).toMatchObject({ kind: 'started' });
    expect(await bench.state.findRevoked([id, 'another'], signal)).toEqual(new Set());
    expect(await bench.state.revoke(id)).toEqual({ kind: 'revoking' });
    expect(await bench.state.findRevoked([id, 'another', id], signal)).toEqual(new Set([id]));
    expect(await end(first, ENDS.revoked)).toBe(true);
    expect(await bench.state.read(id)).toMatchObject({ id, status: 'revoked' });
    expect((await bench.state.readMany([id, id])).get(id)).toMatchObject({ id });
  });
});
