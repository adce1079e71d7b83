import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AttemptEnd, AttemptFacts } from '../../../lib/state/attempt-records.ts';
import { type StateBench, startStateBench } from '../../support/state-bench.ts';

let bench: StateBench;
beforeAll(async () => {
  bench = await startStateBench();
});
afterAll(() => bench.stop());

const signal = AbortSignal.timeout(600_000);
const ERROR = { type: 'Error', message: 'no' };
const KINDS = ['completed', 'failed', 'retrying', 'revoked'] as const;

const owner = fc.constantFrom('a', 'b');
const call = fc.oneof(
  { weight: 4, arbitrary: fc.record({ call: fc.constant('start' as const), owner }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('redrive' as const), owner }) },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('end' as const),
      owner,
      kind: fc.constantFrom(...KINDS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('lease is over' as const) }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('revoke' as const) }) },
);

/** What each owner believes, by what it was told. */
interface World {
  id: string;
  attempts: Record<'a' | 'b', AttemptFacts>;
  live: Set<string>;
}

const factsOf = (id: string): AttemptFacts => ({
  id,
  task: 't',
  queue: 'q',
  attempt: 1,
  requestId: 'r',
  owner: randomUUID(),
});
const statusOf = async (id: string) => (await bench.item(`task#${id}`))?.['status'];
const endOf = (kind: (typeof KINDS)[number]): AttemptEnd =>
  kind === 'retrying' || kind === 'failed' ? { kind, error: ERROR } : { kind };

async function start(world: World, name: 'a' | 'b', redriven: boolean): Promise<void> {
  // An owner that does not run begins a new attempt; one that runs repeats its call.
  const repeats = world.live.has(name);
  if (!repeats) world.attempts[name] = factsOf(world.id);
  const facts = world.attempts[name];
  const options = { exclusive: true, redriven, leaseUntil: Date.now() + 60_000 };
  const before = await statusOf(world.id);
  const { kind } = await bench.state.attempts.start(facts, options, signal);
  if (repeats && before === 'running') expect(kind).toBe('started');
  if (kind === 'started') world.live.add(name);
  if (kind === 'busy') expect(before).toBe('running');
}

async function end(world: World, name: 'a' | 'b', kind: (typeof KINDS)[number]): Promise<void> {
  const facts = world.attempts[name];
  // An attempt that was not let to run says nothing of its end; one may be late, and be taken over.
  if (!(world.live.has(name) || world.attempts[name].attempt === 2)) return;
  await bench.state.attempts.end(facts, endOf(kind), signal);
  world.live.delete(name);
}

/** Whoever ran is taken for dead, and ends late, if it does. */
async function passLease(world: World): Promise<void> {
  const item = await bench.item(`task#${world.id}`);
  if (item?.['status'] !== 'running') return;
  await bench.put({ ...item, pk: `task#${world.id}`, lease_until: Date.now() - 1 });
  for (const name of world.live) {
    const late = world.attempts[name as 'a' | 'b'];
    world.attempts[name as 'a' | 'b'] = { ...late, attempt: 2 };
  }
  world.live.clear();
}

it('two workers, whatever they do in whatever order, keep the record right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 4, maxLength: 14 }), async (calls) => {
      const id = randomUUID();
      const world: World = { id, attempts: { a: factsOf(id), b: factsOf(id) }, live: new Set() };
      await bench.state.createQueued(world.attempts.a);
      for (const step of calls) {
        const before = await statusOf(id);
        if (step.call === 'start') await start(world, step.owner, false);
        else if (step.call === 'redrive') await start(world, step.owner, true);
        else if (step.call === 'end') await end(world, step.owner, step.kind);
        else if (step.call === 'revoke') await bench.state.revoke(id);
        else await passLease(world);
        const after = await statusOf(id);

        expect(world.live.size).toBeLessThanOrEqual(1);
        if (before === 'completed' || before === 'revoked') expect(after).toBe(before);
        if (before === 'failed') expect(['failed', 'running']).toContain(after);
        expect(after).not.toBe(before === 'queued' ? undefined : 'queued');
        if (world.live.size === 1) expect(['running', 'completed', 'revoked']).toContain(after);
      }
    }),
    { numRuns: 40 },
  );
}, 90_000);

it('two workers at the same time: one runs, and one end is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KINDS), fc.constantFrom(...KINDS), async (one, other) => {
      const id = randomUUID();
      const [first, second] = [factsOf(id), factsOf(id)];
      await bench.state.createQueued(first);
      const options = { exclusive: true, redriven: false, leaseUntil: Date.now() + 60_000 };
      const starts = await Promise.all([
        bench.state.attempts.start(first, options, signal),
        bench.state.attempts.start(second, options, signal),
      ]);
      expect(starts.map(({ kind }) => kind).sort()).toEqual(['busy', 'started']);
      const runs = starts[0].kind === 'started' ? first : second;
      const written = await Promise.all([
        bench.state.attempts.end(runs, endOf(one), signal),
        bench.state.attempts.end(runs, endOf(other), signal),
      ]);
      const status = await statusOf(id);
      expect([one, other]).toContain(status);
      expect(written).toContain(true);
      if (status === 'retrying') expect([one, other]).toEqual(['retrying', 'retrying']);
    }),
    { numRuns: 20 },
  );
}, 90_000);
