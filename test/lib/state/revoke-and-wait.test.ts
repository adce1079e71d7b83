import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StateBench, startStateBench } from '../../support/state-bench.ts';
import { until } from '../../support/until.ts';

let bench: StateBench;
beforeAll(async () => {
  bench = await startStateBench();
});
afterEach(() => bench.heal());
afterAll(() => bench.stop());

const signal = AbortSignal.timeout(600_000);
const ERROR = { type: 'Error', message: 'no' };
const facts = (id: string = randomUUID()) => ({
  id,
  task: 't',
  queue: 'q',
  attempt: 1,
  requestId: 'r',
  owner: randomUUID(),
});
const running = { exclusive: false, redriven: false, leaseUntil: Date.now() + 600_000 };
const statusOf = async (id: string) => (await bench.state.read(id))?.status;

async function queued(): Promise<string> {
  const id = randomUUID();
  await bench.state.createQueued(facts(id));
  return id;
}

describe('revoke', () => {
  it('knows nothing of an id without a record, and writes none', async () => {
    expect(await bench.state.revoke('nothing')).toEqual({ kind: 'unknown' });
    expect(await bench.state.read('nothing')).toBeUndefined();
  });

  it('ends what waits, and says so again', async () => {
    const id = await queued();
    expect(await bench.state.revoke(id)).toEqual({ kind: 'revoked' });
    expect(await bench.state.revoke(id)).toEqual({ kind: 'revoked' });
    expect(await bench.state.read(id)).toMatchObject({
      status: 'revoked',
      attempts: 0,
      finishedAt: expect.any(Date),
    });
  });

  it('is kept for as long as the message may still come', async () => {
    const id = randomUUID();
    const inAYear = new Date(Date.now() + 360 * 86_400_000);
    await bench.state.createQueued({ ...facts(id), notBefore: inAYear });
    await bench.state.revoke(id);
    const { expires_at: seconds } = (await bench.item(`task#${id}`)) ?? {};
    expect(Number(seconds) * 1000).toBeGreaterThan(inAYear.getTime());
  });

  it('asks what runs to stop, and changes nothing of it', async () => {
    const of = facts();
    await bench.state.attempts.start(of, running, signal);
    expect(await bench.state.revoke(of.id)).toEqual({ kind: 'revoking' });
    expect(await bench.state.revoke(of.id)).toEqual({ kind: 'revoking' });
    expect(await statusOf(of.id)).toBe('running');
    expect(await bench.state.attempts.end(of, { kind: 'completed' }, signal)).toBe(true);
    expect(await bench.state.revoke(of.id)).toEqual({ kind: 'ended', status: 'completed' });
  });

  it('leaves what has failed as it is', async () => {
    const of = facts();
    await bench.state.attempts.end(of, { kind: 'failed', error: ERROR }, signal);
    expect(await bench.state.revoke(of.id)).toEqual({ kind: 'ended', status: 'failed' });
  });

  it('tells a task that starts between its two writes', async () => {
    const of = facts(await queued());
    let calls = 0;
    let started: Promise<unknown> | undefined;
    bench.breakBy(() => {
      calls += 1;
      // Once the first write is on its way: whichever of the two is first, it is not lost.
      if (calls === 1) started = bench.state.attempts.start(of, running, signal);
      return undefined;
    });
    const { kind } = await bench.state.revoke(of.id);
    await until(() => started !== undefined);
    const start = await started;
    expect([
      ['revoked', 'revoked'],
      ['revoking', 'started'],
    ]).toContainEqual([kind, (start as { kind: string }).kind]);
  });
});

describe('a chain or group', () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: randomUUID(), task: `t${n}`, queue: 'q' }));

  it('is revoked with every step, those too that are not sent yet', async () => {
    const workflow = { kind: 'chain' as const, id: randomUUID(), steps: steps(3) };
    await bench.state.workflows.create(workflow);
    const [done, waits, later] = workflow.steps.map(({ id }) => facts(id));
    if (!(done && waits && later)) throw new Error('no steps');
    await bench.state.attempts.end(done, { kind: 'completed' }, signal);
    await bench.state.createQueued(waits);
    expect(await bench.state.revoke(workflow.id)).toEqual({ kind: 'revoked' });
    expect(await statusOf(workflow.id)).toBe('revoked');
    expect(await statusOf(done.id)).toBe('completed');
    expect(await statusOf(waits.id)).toBe('revoked');
    // Its message may have been sent by a worker that had read the chain before.
    const start = await bench.state.attempts.start(later, { ...running, exclusive: true }, signal);
    expect(start).toEqual({ kind: 'revoked' });
    expect(await bench.state.read(later.id)).toMatchObject({
      task: 't2',
      workflow: { id: workflow.id, step: 2 },
    });
  });

  it('of more members than are revoked at a time', async () => {
    const workflow = {
      kind: 'group' as const,
      id: randomUUID(),
      steps: steps(60),
      members: 60,
    };
    await bench.state.workflows.create(workflow);
    await Promise.all(workflow.steps.map((step) => bench.state.createQueued(step)));
    expect(await bench.state.revoke(workflow.id)).toEqual({ kind: 'revoked' });
    const records = await bench.state.readMany(workflow.steps.map(({ id }) => id));
    expect(new Set([...records.values()].map(({ status }) => status))).toEqual(
      new Set(['revoked']),
    );
    expect(records.size).toBe(60);
  }, 60_000);

  it('that is complete is not revoked', async () => {
    const workflow = { kind: 'chain' as const, id: randomUUID(), steps: steps(1) };
    await bench.state.workflows.create(workflow);
    await bench.state.workflows.complete(workflow.id, '7');
    expect(await bench.state.revoke(workflow.id)).toEqual({ kind: 'ended', status: 'completed' });
    expect(await bench.state.read(workflow.id)).toMatchObject({ status: 'completed', result: 7 });
    await bench.state.workflows.fail(workflow.id, 0, ERROR);
    expect(await statusOf(workflow.id)).toBe('completed');
  });

  it('counts a step once, however many are done at a time, and stays revoked', async () => {
    const workflow = { kind: 'group' as const, id: randomUUID(), steps: steps(6), members: 6 };
    await bench.state.workflows.create(workflow);
    const twice = [...workflow.steps.keys(), ...workflow.steps.keys()];
    const seen = await Promise.all(
      twice.map((step) => bench.state.workflows.stepDone(workflow.id, step, signal)),
    );
    expect(Math.max(...seen.map((record) => record?.completed ?? 0))).toBe(6);
    await bench.state.revoke(workflow.id);
    await bench.state.workflows.complete(workflow.id, '1');
    expect(await statusOf(workflow.id)).toBe('revoked');
  });

  it('shows the first failure, and none once it has completed after all', async () => {
    const { workflows } = bench.state;
    const workflow = { kind: 'chain' as const, id: randomUUID(), steps: steps(2) };
    await workflows.create(workflow);
    await workflows.fail(workflow.id, 1, ERROR);
    await workflows.fail(workflow.id, 0, { type: 'Other', message: '' });
    const id = workflow.steps[1]?.id;
    const failed = { step: 1, task: 't1', id, error: ERROR };
    expect(await workflows.read(workflow.id)).toMatchObject({ status: 'failed', failed });
    await workflows.complete(workflow.id, undefined);
    expect(await workflows.read(workflow.id)).not.toHaveProperty('failed');
  });

  it('is kept while a step of it may be on a queue, and 7 days after its end', async () => {
    const { workflows } = bench.state;
    const workflow = { kind: 'chain' as const, id: randomUUID(), steps: steps(2) };
    const days = async () => {
      const { expires_at: seconds } = (await bench.item(`task#${workflow.id}`)) ?? {};
      return Math.round((Number(seconds) - Date.now() / 1000) / 86_400);
    };
    await workflows.create(workflow);
    const item = await bench.item(`task#${workflow.id}`);
    await bench.put({ ...item, pk: `task#${workflow.id}`, expires_at: Date.now() / 1000 + 9 });
    await workflows.stepDone(workflow.id, 0);
    expect(await days()).toBe(15);
    // Its dead letter may be redriven.
    await workflows.fail(workflow.id, 1, ERROR);
    expect(await days()).toBe(15);
    await workflows.complete(workflow.id, undefined);
    expect(await days()).toBe(7);
  });

  it('without a record has no steps to be done', async () => {
    expect(await bench.state.workflows.stepDone('nothing', 0)).toBeUndefined();
    expect(await bench.state.read('nothing')).toBeUndefined();
  });
});

describe('wait', () => {
  it('answers at once for what has ended, and for what is not there', async () => {
    expect(await bench.state.wait('nothing', 600_000)).toBeUndefined();
    const of = facts();
    await bench.state.attempts.end(of, { kind: 'completed' }, signal);
    bench.heal();
    expect(await bench.state.wait(of.id, 600_000)).toMatchObject({ status: 'completed' });
    expect(bench.calls).toHaveLength(1);
  });

  it('answers when the task ends, long before its time is over', async () => {
    const of = facts(await queued());
    bench.heal();
    const waited = bench.state.wait(of.id, 600_000);
    await until(() => bench.calls.length >= 2);
    await bench.state.attempts.end(of, { kind: 'completed', resultJson: '7' }, signal);
    expect(await waited).toMatchObject({ status: 'completed', result: 7 });
  });

  it('waits for a record that is expected', async () => {
    const of = facts();
    bench.heal();
    const waited = bench.state.wait(of.id, 600_000, { expected: true });
    await until(() => bench.calls.length >= 2);
    await bench.state.attempts.end(of, { kind: 'completed' }, signal);
    expect(await waited).toMatchObject({ status: 'completed' });
  });

  it('gives what it read last when the time is over', async () => {
    expect(await bench.state.wait(await queued(), 150)).toMatchObject({ status: 'queued' });
    expect(await bench.state.wait('nothing', 150, { expected: true })).toBeUndefined();
  });
});

describe('when schedules last ran', () => {
  it('only goes forward', async () => {
    const { schedules } = bench.state;
    const at = (day: number) => new Date(Date.UTC(2026, 2, day));
    const nightly = { name: 'nightly', timing: '0 3 * * * UTC' };
    const never = { name: 'never', timing: '0 3 * * * UTC' };
    const last = async () => (await schedules.last([nightly, never, nightly])).get('nightly');
    await schedules.noteFirstSeen(nightly, at(1));
    await schedules.noteFirstSeen(nightly, at(2));
    expect(await last()).toEqual(at(1));
    await schedules.record(nightly, at(4));
    await schedules.record(nightly, at(3));
    await schedules.noteFirstSeen(nightly, at(5));
    expect(await last()).toEqual(at(4));
    expect((await schedules.last([never])).size).toBe(0);
  });

  it('begins anew with a timing that has changed, also with one that it had before', async () => {
    const { schedules } = bench.state;
    const at = (day: number) => new Date(Date.UTC(2026, 2, day));
    const weekly = { name: 'changed', timing: '0 3 * * MON UTC' };
    const daily = { name: 'changed', timing: '0 3 * * * UTC' };
    const last = async (schedule: typeof daily) =>
      (await schedules.last([schedule])).get('changed');
    await schedules.record(weekly, at(2));
    expect(await last(daily)).toBeUndefined();
    await schedules.noteFirstSeen(daily, at(5));
    expect(await last(daily)).toEqual(at(5));
    expect(await last(weekly)).toBeUndefined();
    // One that was sent before the change, and ran after it.
    await schedules.record(weekly, at(4));
    expect([await last(weekly), await last(daily)]).toEqual([at(4), undefined]);
  });
});
