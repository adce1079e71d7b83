import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attributes, ReceivedPoint } from '../../local/otlp/telemetry-record.ts';
import type { TelemetryStore } from '../../local/otlp/telemetry-store.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';

const ORDER = { 'task.name': 'process_order', 'queue.name': 'default' };
const PAYMENT = { 'task.name': 'process_payment', 'queue.name': 'default' };

describe('three orders and one payment that is declined', () => {
  let stack: TestStack;
  let ids: string[];
  let points: ReceivedPoint[];

  beforeAll(async () => {
    stack = await startTestStack();
    const answers = await Promise.all([
      ...['m-1', 'm-2', 'm-3'].map((order_id) => stack.post('process_order', { order_id })),
      stack.post('process_payment', { payment_id: 'declined-m-4', amount: 3 }),
    ]);
    ids = answers.map(({ body }) => body.id);
    await stack.telemetry.waitFor(
      (telemetry) =>
        sum(telemetry, 'task.duration', {}) === 4 && sum(telemetry, 'task.enqueued', {}) === 4,
      { describe: 'the metrics of four tasks' },
    );
    points = stack.telemetry.points();
  });
  afterAll(() => stack?.stop());

  it.each([
    ['task.enqueued', '{task}', ORDER, 3],
    ['task.enqueued', '{task}', PAYMENT, 1],
    ['task.attempts', '{attempt}', ORDER, 3],
    ['task.attempts', '{attempt}', PAYMENT, 1],
    ['task.started', '{task}', ORDER, 3],
    ['task.started', '{task}', PAYMENT, 1],
    ['task.completed', '{task}', ORDER, 3],
    ['task.completed', '{task}', PAYMENT, 0],
    ['task.failed', '{task}', { ...PAYMENT, 'error.type': 'NonRetryableError' }, 1],
    ['task.failed', '{task}', ORDER, 0],
    ['task.duration', 'ms', { ...ORDER, 'task.outcome': 'completed' }, 3],
    ['task.duration', 'ms', { ...PAYMENT, 'task.outcome': 'completed' }, 0],
    ['task.wait', 'ms', ORDER, 3],
    ['task.wait', 'ms', PAYMENT, 1],
  ])('counts %s in %s of %o: %i', (metric, unit, attributes, count) => {
    expect(sum(stack.telemetry, metric, attributes)).toBe(count);
    const units = points.filter((point) => point.metric === metric).map((point) => point.unit);
    expect([...new Set(units)]).toEqual([unit]);
  });

  it("measures the semantic conventions' own durations in seconds, and cold starts", async () => {
    expect(sum(stack.telemetry, 'messaging.process.duration', {})).toBe(4);
    expect(sum(stack.telemetry, 'messaging.client.operation.duration', {})).toBeGreaterThan(3);
    const coldStarts = sum(stack.telemetry, 'faas.coldstarts', {});
    // An instance reports when it has sent its metrics.
    await waitUntil('the reports of all instances', () => coldReports(stack) >= coldStarts);
    expect(coldReports(stack)).toBe(coldStarts);
    const seconds = points.filter(({ metric }) => metric.startsWith('messaging.'));
    expect(new Set(seconds.map(({ unit }) => unit))).toEqual(new Set(['s']));
  });

  it('sends deltas, and histograms without chosen buckets', () => {
    const histograms = points.filter(({ unit }) => unit === 'ms' || unit === 's');
    expect(new Set(histograms.map(({ type }) => type))).toEqual(new Set(['exponentialHistogram']));
    expect(new Set(points.map(({ temporality }) => temporality))).toEqual(new Set(['DELTA']));
  });

  it('measures what happened: a task takes some milliseconds and never less than none', () => {
    const durations = points.filter(({ metric }) => metric === 'task.duration');
    for (const { min = -1, max = -1 } of durations) {
      expect(min).toBeGreaterThan(0);
      expect(max).toBeLessThan(3_000);
    }
    for (const { min } of points.filter(({ metric }) => metric === 'task.wait')) {
      expect(min).toBeGreaterThanOrEqual(0);
    }
  });

  it('keeps ids and hosts out of every attribute, since each value is a series', () => {
    const messageIds = stack.telemetry
      .spans()
      .map(({ attributes }) => attributes['messaging.message.id']);
    const forbidden = new Set<unknown>([...ids, ...messageIds]);
    expect(forbidden.size).toBeGreaterThan(ids.length);
    for (const { metric, attributes } of points) {
      const values = Object.values(attributes).filter((value) => forbidden.has(value));
      expect(values, metric).toEqual([]);
      expect(Object.keys(attributes), metric).not.toContain('host.name');
    }
    const taskPoints = points.filter(({ metric }) => metric.startsWith('task.'));
    const keys = new Set(taskPoints.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...keys].sort()).toEqual(['error.type', 'queue.name', 'task.name', 'task.outcome']);
  });
});

describe('METRIC_PREFIX', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ environment: { METRIC_PREFIX: 'celery.' } });
  });
  afterAll(() => stack?.stop());

  it('stands before the names, for dashboards that chart Celery', async () => {
    await stack.post('process_order', { order_id: 'm-5' });

    await stack.telemetry.waitFor(
      (telemetry) =>
        sum(telemetry, 'celery.task.completed', ORDER) === 1 &&
        sum(telemetry, 'celery.task.duration', ORDER) === 1 &&
        sum(telemetry, 'celery.task.enqueued', ORDER) === 1,
      { describe: 'metrics with the prefix' },
    );
    const plain = stack.telemetry.points().filter(({ metric }) => metric.startsWith('task.'));
    expect(plain).toEqual([]);
  });
});

function coldReports({ reports }: TestStack): number {
  return reports.filter(({ coldStart }) => coldStart).length;
}

/** Deltas add up: values of a counter, counts of a histogram, over all points with the attributes. */
function sum(telemetry: TelemetryStore, metric: string, attributes: Attributes): number {
  return telemetry
    .points()
    .filter((point) => point.metric === metric)
    .filter((point) =>
      Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    )
    .reduce((total, { value, count }) => total + (value ?? count ?? 0), 0);
}
