import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetricStore, type Metric } from '../../../local/cloudwatch/metric-store.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const METRIC: Metric = {
  namespace: 'AWS/SQS',
  metricName: 'NumberOfMessagesSent',
  dimensions: { QueueName: 'default' },
};

const periods = fc.constantFrom(1, 5, 10, 20, 30, 60, 120, 300, 3600);
/** Milliseconds before NOW, within the last two hours. */
const ages = fc.integer({ min: 0, max: 7_200_000 });
const values = fc.array(fc.record({ age: ages, value: fc.integer({ min: -99, max: 99 }) }), {
  maxLength: 60,
});

describe('createMetricStore', () => {
  it('loses no value and counts none twice, whatever the period', () => {
    fc.assert(
      fc.property(values, periods, (given, periodSeconds) => {
        const store = createMetricStore({ now: () => NOW });
        for (const { age, value } of given) store.put(METRIC, value, NOW - age);
        const read = store.read(METRIC, { start: NOW - 7_200_000, end: NOW + 1, periodSeconds });
        const total = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0);
        expect(total(read.map(({ sum }) => sum))).toBe(total(given.map(({ value }) => value)));
        expect(total(read.map(({ sampleCount }) => sampleCount))).toBe(given.length);
      }),
    );
  });

  it('puts each value into the period that it falls into, and makes no other datapoint', () => {
    fc.assert(
      fc.property(values, periods, ages, (given, periodSeconds, startAge) => {
        const store = createMetricStore({ now: () => NOW });
        for (const { age, value } of given) store.put(METRIC, value, NOW - age);
        const start = NOW - startAge;
        const first = start - (start % (Math.min(periodSeconds, 60) * 1000));
        const read = store.read(METRIC, { start, end: NOW + 1, periodSeconds });
        for (const point of read) {
          const own = given
            .filter(
              ({ age }) => Math.floor((NOW - age - point.timestamp) / 1000 / periodSeconds) === 0,
            )
            .map(({ value }) => value);
          expect((point.timestamp - first) % (periodSeconds * 1000)).toBe(0);
          expect(point.timestamp).toBeGreaterThanOrEqual(first);
          expect(point.timestamp).toBeLessThan(NOW + 1);
          expect(point).toMatchObject({
            minimum: Math.min(...own),
            maximum: Math.max(...own),
            sampleCount: own.length,
          });
        }
        expect(read.map(({ timestamp }) => timestamp)).toEqual(
          read.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b),
        );
        const inRange = given.filter(({ age }) => NOW - age >= first);
        expect(read.reduce((sum, point) => sum + point.sampleCount, 0)).toBe(inRange.length);
      }),
    );
  });

  it('has no datapoint at the end of the range: it is exclusive', () => {
    const store = createMetricStore({ now: () => NOW });
    store.put(METRIC, 1, NOW - 60_000);
    store.put(METRIC, 2, NOW);
    const read = store.read(METRIC, { start: NOW - 60_000, end: NOW, periodSeconds: 60 });
    expect(read.map(({ sum }) => sum)).toEqual([1]);
  });

  it('keeps metrics apart by any dimension, in whatever order they come', () => {
    const store = createMetricStore({ now: () => NOW });
    store.put({ ...METRIC, dimensions: { a: '1', b: '2' } }, 7, NOW);
    const sums = (dimensions: Record<string, string>) =>
      store
        .read({ ...METRIC, dimensions }, { start: NOW, end: NOW + 1, periodSeconds: 1 })
        .map(({ sum }) => sum);
    expect(sums({ b: '2', a: '1' })).toEqual([7]);
    expect(sums({ a: '1' })).toEqual([]);
    expect(sums({ a: '2', b: '1' })).toEqual([]);
  });

  it('forgets what is older than three hours', () => {
    let now = NOW;
    const store = createMetricStore({ now: () => now });
    store.put(METRIC, 1, NOW);
    const whole = () =>
      store.read(METRIC, { start: NOW - 60_000, end: now + 1, periodSeconds: 60 });
    now = NOW + 10_800_000;
    expect(whole()).toHaveLength(1);
    now += 1_000;
    expect(whole()).toHaveLength(0);
    store.put(METRIC, 1, NOW);
    expect(whole()).toHaveLength(0);
  });

  it('stays bounded under a flood of metrics and of seconds', () => {
    let now = NOW;
    const store = createMetricStore({ now: () => now, maxMetrics: 3, retentionSeconds: 120 });
    const flood = (count: number) => {
      for (let index = 0; index < count; index++) {
        now += 1_000;
        store.put({ ...METRIC, dimensions: { QueueName: `q${index}` } }, 1);
        store.put(METRIC, 1);
      }
    };
    flood(100);
    const alive = Array.from({ length: 100 }, (_, index) =>
      store.unitOf({ ...METRIC, dimensions: { QueueName: `q${index}` } }),
    ).filter((unit) => unit !== undefined);
    // METRIC is the third: it was written to all along.
    expect(alive).toHaveLength(2);
    flood(1_000);
    const read = store.read(METRIC, { start: 0, end: now + 1, periodSeconds: 1 });
    expect(read).toHaveLength(121);
  });
});
