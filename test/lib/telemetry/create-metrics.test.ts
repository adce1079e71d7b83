import { type DiagLogger, diag } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createMetrics } from '../../../lib/telemetry/create-metrics.ts';

it('counts from when measuring began, though the SDK comes with the first collection', async () => {
  const before = Date.now();
  const { provider, addGauges, collect } = createMetrics({
    resource: emptyResource(),
    prefix: 'celery.',
    protocol: 'http/json',
    onDropped: () => {},
  });
  const began = Date.now();
  const counter = provider.getMeter('leadline').createCounter('task.started');
  counter.add(1);
  provider.getMeter('leadline').createUpDownCounter('active').add(1);
  addGauges([
    { name: 'depth', unit: '1', description: '', value: 3, attributes: {}, timeMs: 60_000 },
  ]);
  while (Date.now() - began < 3) {
    // A few milliseconds, as a first invocation takes.
  }
  const points = async () => {
    const { scopeMetrics } = await collect();
    return scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor: { name }, dataPoints }) =>
        dataPoints.map(({ startTime, endTime, value }) => ({
          name,
          value,
          start: hrTimeToMilliseconds(startTime),
          end: hrTimeToMilliseconds(endTime),
        })),
      );
  };
  const first = await points();
  const [started] = first.filter(({ name }) => name === 'celery.task.started');
  expect(started?.value).toBe(1);
  expect(started?.start).toBeGreaterThanOrEqual(before);
  expect(started?.start).toBeLessThanOrEqual(began);
  expect(started?.end).toBeGreaterThan(began);
  expect(first).toContainEqual({ name: 'celery.depth', value: 3, start: 60_000, end: 60_000 });

  counter.add(1);
  const next = await points();
  const startOf = (name: string) => next.find((point) => point.name === name)?.start;
  expect(startOf('celery.task.started')).toBeGreaterThanOrEqual(started?.end ?? Number.NaN);
  // Cumulative: another beginning would say that it was reset.
  expect(startOf('celery.active')).toBe(started?.start);
});

it('tells of the gauges and the measurements for which there was no room', async () => {
  const onDropped = vi.fn();
  const { provider, addGauges, collect } = createMetrics({
    resource: emptyResource(),
    prefix: '',
    protocol: 'http/json',
    onDropped,
  });
  const gauge = { name: 'g', unit: '1', description: '', value: 3, attributes: {}, timeMs: 0 };
  addGauges(Array(100_002).fill(gauge));
  const counter = provider.getMeter('shop').createCounter('counter');
  for (let times = 0; times < 10_003; times += 1) counter.add(1);
  await collect();
  expect(onDropped.mock.calls).toEqual([[2], [3]]);
});

it('says why a gauge is missing, and brings the others', async () => {
  const error = vi.fn();
  const ignore = () => {};
  const logger: DiagLogger = { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger);
  onTestFinished(() => diag.disable());
  const { provider, collect } = createMetrics({
    resource: emptyResource(),
    prefix: '',
    protocol: 'http/json',
    onDropped: () => {},
  });
  const meter = provider.getMeter('shop');
  const failure = new Error('no such queue');
  meter.createObservableGauge('failing').addCallback(() => {
    throw failure;
  });
  meter.createCounter('counter').add(1);
  const { scopeMetrics } = await collect();
  expect(scopeMetrics[0]?.metrics.map(({ descriptor }) => descriptor.name)).toEqual(['counter']);
  expect(error).toHaveBeenCalledWith('A metric could not be collected.', failure);
});
