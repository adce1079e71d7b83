import { expect, it } from 'vitest';
import { createRunIndex } from '../../../../cli/console/runs/run-index.ts';
import { at, processSpan, spans } from '../../../support/run-telemetry.ts';

/** Task, queue, outcome, duration, wait: a run each, within the last minute of `now`. */
const ATTEMPTS: [string, string, string, number, number?][] = [
  ['ship', 'default', 'completed', 10, 1_000],
  ['ship', 'default', 'completed', 20, 2_000],
  ['ship', 'default', 'retry', 30],
  ['ship', 'default', 'dead', 400],
  ['mail', 'low', 'completed', 1, 5],
  ['mail', 'low', 'completed', 2, 7],
  ['mail', 'low', 'completed', 3, 6],
  ['mail', 'low', 'unfinished', 4],
  ['mail', 'low', 'duplicate', 5],
  ['mail', 'low', 'dead', 6],
];

function indexed() {
  let now = at(0);
  const index = createRunIndex({ now: () => now });
  now = at(100_000);
  for (const [number, [task, queue, outcome, duration, waitMs]] of ATTEMPTS.entries()) {
    const from = 90_000 + number * 500;
    const times = { from, to: from + duration, spanId: `p${number}` };
    const attempt = { attempt: 1, outcome, ...times, ...(waitMs !== undefined && { waitMs }) };
    const run = { id: `run-${number}`, traceId: `t${number}`, task, queue };
    index.add(spans(processSpan(run, attempt)));
  }
  return index;
}

// Of a minute.
const perSecond = (count: number) => Math.round((count / 60) * 100) / 100;

it.each([
  ['default', { tasksPerSecond: perSecond(4), failureRate: 2 / 4, p50Ms: 20, p95Ms: 400 }],
  ['low', { tasksPerSecond: perSecond(6), failureRate: 1 / 6, p50Ms: 3, p95Ms: 6 }],
  ['of nobody', { tasksPerSecond: 0, failureRate: 0 }],
])('has the rates of the queue %s, whose dead attempts failed, too', (queue, rates) => {
  expect(indexed().queueRates(queue)).toEqual(rates);
});

it('has the rates of all queues together', () => {
  const rates = { tasksPerSecond: perSecond(10), failureRate: 3 / 10, p50Ms: 5, p95Ms: 400 };
  expect(indexed().rates()).toEqual(rates);
});

it.each([
  [
    'ship',
    { started: 4, completed: 2, failed: 2, retried: 1, dead: 1, unfinished: 0 },
    { p50: 20, p95: 400, p99: 400 },
    { p50: 1_000, p95: 2_000 },
  ],
  [
    'mail',
    { started: 6, completed: 3, failed: 1, retried: 0, dead: 1, unfinished: 1, duplicates: 1 },
    { p50: 3, p95: 6, p99: 6 },
    { p50: 6, p95: 7 },
  ],
])(
  'counts the outcomes of %s, how long its attempts took and its runs waited',
  (task, counts, duration, wait) => {
    const row = indexed()
      .tasks()
      .find((each) => each.task === task);
    expect(row).toMatchObject({ ...counts, duration, wait });
    const sum = (numbers: readonly number[] = []) =>
      numbers.reduce((total, each) => total + each, 0);
    expect(sum(row?.sparkline)).toBe(counts.started);
    expect(sum(row?.failedSparkline)).toBe(counts.failed);
  },
);
