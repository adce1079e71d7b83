import { expect, test } from 'vitest';
import { evaluateMonitor } from '../../support/evaluate-monitor.ts';
import { monitorOf } from '../../support/oneuptime-project.ts';

const OVER = ['over'];
const WELL = ['well'];
const NOTHING: string[] = [];

test('depth: over where every minute is, well where one is not, by queue', () => {
  const monitor = monitorOf('queue-depth');
  const depth = { high: [2000, 2000], default: [2000, 900], low: [1000, 1000] };
  expect(evaluateMonitor(monitor, { 'queue.depth': depth })).toEqual({
    high: OVER,
    default: WELL,
    low: WELL,
  });
});

test('the oldest message: each queue by its own threshold, of which low has another', () => {
  const monitor = monitorOf('oldest-message');
  const age = { high: [301, 400], default: [299, 300], low: [3000, 3600] };
  expect(evaluateMonitor(monitor, { 'queue.oldest_message.age': age })).toEqual({
    high: OVER,
    default: WELL,
    low: WELL,
  });
  const slow = { low: [3601] };
  expect(evaluateMonitor(monitor, { 'queue.oldest_message.age': slow })).toEqual({ low: OVER });
});

test('dead letters: over from the first minute with one, well only when none has any', () => {
  const monitor = monitorOf('dead-letters');
  const dead = { high: [0, 0, 1], default: [0, 0, 0] };
  expect(evaluateMonitor(monitor, { 'queue.dead_letters': dead })).toEqual({
    high: OVER,
    default: WELL,
  });
});

test('a queue that could not be read meets no criteria: what is open resolves itself', () => {
  const depth = { high: [undefined, undefined] };
  expect(evaluateMonitor(monitorOf('queue-depth'), { 'queue.depth': depth })).toEqual({
    high: NOTHING,
  });
});

const TASKS = {
  tasks: {
    process_order: { thresholds: { failureRate: 0.5 } },
    process_payment: { thresholds: { failureRate: 0.1 } },
  },
};

test.each([
  ['the same threshold', {}, 0.05],
  ['thresholds of their own', TASKS, 0.5],
])(
  'failure rate with %s: a task without failures is well, one with too many is over',
  (_what, overrides, threshold) => {
    const monitor = monitorOf('failure-rate', overrides);
    const failed = { process_order: [100 * threshold + 1, 100] };
    const attempts = { process_order: [100, 100], process_payment: [10, 20] };
    expect(evaluateMonitor(monitor, { 'task.failed': failed, 'task.attempts': attempts })).toEqual({
      process_order: OVER,
      process_payment: WELL,
    });
  },
);

test.each([
  ['the same threshold', {}],
  ['thresholds of their own', TASKS],
])('what runs under no known name is held to the defaults, with %s', (_what, overrides) => {
  const over = { unknown: [6] };
  const attempts = { unknown: [100] };
  const samples = { 'task.failed': over, 'task.attempts': attempts };
  expect(evaluateMonitor(monitorOf('failure-rate', overrides), samples)).toEqual({ unknown: OVER });
});

test('failure rate at its threshold is well', () => {
  const samples = {
    'task.failed': { process_order: [5] },
    'task.attempts': { process_order: [100] },
  };
  expect(evaluateMonitor(monitorOf('failure-rate'), samples)).toEqual({ process_order: WELL });
});

test('duration: milliseconds against the budget, 80 % of the timeout', () => {
  const monitor = monitorOf('task-duration');
  const samples = { 'task.duration': { process_order: [24_001], process_payment: [24_000] } };
  expect(evaluateMonitor(monitor, samples)).toEqual({ process_order: OVER, process_payment: WELL });
});

test('in flight: over from the first minute above 90,000', () => {
  const samples = { 'queue.in_flight': { high: [0, 90_001, 0], low: [90_000] } };
  expect(evaluateMonitor(monitorOf('in-flight'), samples)).toEqual({ high: OVER, low: WELL });
});

test('retries: over where every minute that has some has too many', () => {
  const samples = {
    'task.retries': { process_order: [101, undefined, 500], process_payment: [100] },
  };
  expect(evaluateMonitor(monitorOf('retries'), samples)).toEqual({
    process_order: OVER,
    process_payment: WELL,
  });
});
