import { expect, test } from 'vitest';
import { mergeRuns } from '../../../cli/console/page/state/merge-runs.ts';
import { run, runs } from '../fixtures.ts';

const NOW = 1_800_000_000_000;
const MAX = 10_000;
const three = runs(3, NOW);

test('a run that changed stays in its place', () => {
  const changed = run(1, NOW, { state: 'dead' });
  const merged = mergeRuns({ runs: three, hasOlder: false }, [changed], {}, MAX);
  expect(merged.map(({ id }) => id)).toEqual(three.map(({ id }) => id));
  expect(merged[1]).toBe(changed);
});

test('a new run comes where its time belongs', () => {
  const newest = run(77, NOW, { enqueuedAt: NOW });
  const between = run(78, NOW, { enqueuedAt: (three[1]?.enqueuedAt ?? 0) + 1 });
  const merged = mergeRuns({ runs: three, hasOlder: false }, [between, newest], {}, MAX);
  expect(merged.map(({ id }) => id)).toEqual(
    [newest, three[0], between, three[1], three[2]].map((each) => each?.id),
  );
});

test('a run that no longer passes the filter goes, one that does not never comes', () => {
  const list = { runs: [run(0, NOW, { state: 'running' })], hasOlder: false };
  const filter = { state: 'running', task: 'process_payment' } as const;
  expect(mergeRuns(list, [run(0, NOW, { state: 'completed' })], filter, MAX)).toEqual([]);
  expect(mergeRuns(list, [run(1, NOW, { state: 'running' })], filter, MAX)).toHaveLength(1);
});

test('a run that is older than what is loaded waits until that is loaded', () => {
  const old = run(9, NOW);
  expect(mergeRuns({ runs: three, hasOlder: true }, [old], {}, MAX)).toHaveLength(3);
  expect(mergeRuns({ runs: three, hasOlder: false }, [old], {}, MAX).at(-1)).toBe(old);
});

test('an event from before the answer changes nothing', () => {
  const answered = run(0, NOW, { state: 'completed', updatedAt: NOW });
  const event = run(0, NOW, { state: 'running', updatedAt: NOW - 1 });
  expect(mergeRuns({ runs: [answered], hasOlder: false }, [event], {}, MAX)).toEqual([answered]);
});

test('of more runs than the server keeps the oldest go', () => {
  const newest = run(77, NOW, { enqueuedAt: NOW });
  const merged = mergeRuns({ runs: three, hasOlder: true }, [newest], {}, 3);
  expect(merged).toEqual([newest, three[0], three[1]]);
});
