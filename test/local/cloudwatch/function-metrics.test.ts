import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetricStore, type MetricStore } from '../../../local/cloudwatch/metric-store.ts';
import { startFixtureService } from '../lambda/fixture-service.ts';

function points(store: MetricStore, metricName: string, functionName: string) {
  return store.read(
    { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: functionName } },
    { start: Date.now() - 3_600_000, end: Date.now() + 60_000, periodSeconds: 1 },
  );
}

function sum(store: MetricStore, metricName: string, functionName: string): number | undefined {
  const found = points(store, metricName, functionName);
  return found.length === 0 ? undefined : found.reduce((total, point) => total + point.sum, 0);
}

function maximum(store: MetricStore, metricName: string, functionName: string): number {
  return Math.max(...points(store, metricName, functionName).map((point) => point.maximum));
}

describe('AWS/Lambda', () => {
  it('counts invocations and their errors', async () => {
    const store = createMetricStore();
    const service = startFixtureService(
      {
        work: `export const handler = async (event) => {
          if (event.fail) throw new Error('no');
          return 'done';
        };`,
        other: 'export const handler = async () => {};',
      },
      { metrics: store },
    );
    for (const fail of [false, true, false]) await service.invoke('work', JSON.stringify({ fail }));
    const counts = () =>
      ['Invocations', 'Errors', 'Throttles'].map((name) => sum(store, name, 'work'));
    await expect.poll(counts, { timeout: 5_000 }).toEqual([3, 1, 0]);
    expect(maximum(store, 'Duration', 'work')).toBeGreaterThan(0);
    expect(maximum(store, 'ConcurrentExecutions', 'work')).toBe(1);
    for (const name of ['Invocations', 'Errors', 'Throttles', 'ConcurrentExecutions', 'Duration']) {
      expect(points(store, name, 'other')).toEqual([]);
    }
  });

  it('counts a throttle, and what runs at a time for as long as it runs', async () => {
    const store = createMetricStore();
    const service = startFixtureService(
      {
        work: {
          source: 'export const handler = async (event) => { await exists(event.path); };',
          reservedConcurrency: 2,
        },
      },
      { metrics: store },
    );
    const path = join(service.directory, 'go');
    const running = [1, 2].map(() => service.invoke('work', JSON.stringify({ path })));
    await expect(service.invoke('work', '{}')).rejects.toThrow('Rate Exceeded');
    expect(sum(store, 'Throttles', 'work')).toBe(1);
    expect(sum(store, 'Invocations', 'work')).toBeUndefined();
    const seconds = () => points(store, 'ConcurrentExecutions', 'work').length;
    // Two seconds and more: it is not measured at the start of an invocation alone.
    await expect.poll(seconds, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(maximum(store, 'ConcurrentExecutions', 'work')).toBe(2);
    writeFileSync(path, '');
    await Promise.all(running);
    await expect.poll(() => sum(store, 'Invocations', 'work'), { timeout: 5_000 }).toBe(2);
  });
});
