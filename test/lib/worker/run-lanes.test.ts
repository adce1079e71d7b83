import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runLanes } from '../../../lib/worker/run-lanes.ts';

interface Item {
  lane: number;
  place: number;
  fails: boolean;
}

const laneSets = fc
  .array(fc.array(fc.boolean(), { maxLength: 5 }), { maxLength: 8 })
  .map((lanes) =>
    lanes.map((items, lane) => items.map((fails, place): Item => ({ lane, place, fails }))),
  );

/** Runs the lanes with a scheduler that settles the items in any order. */
async function play(
  scheduler: fc.Scheduler,
  lanes: Item[][],
  concurrency: number,
  canStart: () => boolean = () => true,
) {
  const started: Item[] = [];
  let running = 0;
  let mostRunning = 0;
  const done = runLanes({
    lanes,
    concurrency,
    canStart,
    async run(item) {
      started.push(item);
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await scheduler.schedule(Promise.resolve());
      running -= 1;
      return item;
    },
    goesOn: ({ fails }) => !fails,
  });
  const { results, notRun } = await scheduler.waitFor(done);
  return { started, results, notRun, mostRunning };
}

it('runs a lane in its order up to its first failure, and hands back the rest with it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      laneSets,
      fc.integer({ min: 1, max: 12 }),
      async (s, lanes, n) => {
        const { started, results, notRun } = await play(s, lanes, n);
        for (const lane of lanes) {
          const failure = lane.findIndex(({ fails }) => fails);
          const runs = failure === -1 ? lane : lane.slice(0, failure + 1);
          expect(started.filter((item) => lane.includes(item))).toEqual(runs);
          for (const item of runs) expect(results.get(item)).toBe(item);
          for (const item of lane.slice(runs.length)) expect(notRun.get(item)).toBe(lane[failure]);
        }
      },
    ),
  );
});

it('runs as many at a time as it may and no more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      laneSets,
      fc.integer({ min: 1, max: 12 }),
      async (s, lanes, n) => {
        const { mostRunning } = await play(s, lanes, n);
        const lanesWithItems = lanes.filter((lane) => lane.length > 0).length;
        expect(mostRunning).toBe(Math.min(n, lanesWithItems));
      },
    ),
  );
});

it('starts nothing more once it may not, even when the clock is set back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      laneSets,
      fc.integer({ min: 1, max: 12 }),
      fc.nat(20),
      fc.infiniteStream(fc.boolean()),
      async (s, lanes, n, allowed, later) => {
        let asked = 0;
        const canStart = () => {
          asked += 1;
          return asked <= allowed || (asked > allowed + 1 && later.next().value);
        };
        const { started, results, notRun } = await play(s, lanes, n, canStart);
        expect(started.length).toBeLessThanOrEqual(allowed);
        const items = lanes.flat();
        expect(results.size + notRun.size).toBe(items.length);
        for (const item of items) expect(results.has(item)).toBe(!notRun.has(item));
        expect([...results.keys()]).toHaveLength(started.length);
        // What was left out at the end has no failure to wait for.
        for (const [item, stoppedBy] of notRun) {
          expect(stoppedBy).toBe(started.find((each) => each.lane === item.lane && each.fails));
        }
      },
    ),
  );
});

it('takes any concurrency', async () => {
  const lanes = [[1, 2], [3]];
  for (const concurrency of [0, 1, 1_000_000_000, Number.POSITIVE_INFINITY]) {
    const { results } = await runLanes({
      lanes,
      concurrency,
      canStart: () => true,
      run: async (item) => item,
      goesOn: () => true,
    });
    expect([...results.keys()].sort()).toEqual([1, 2, 3]);
  }
});
