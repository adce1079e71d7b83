import type { BatchObservableCallback, Meter, ObservableCallback } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, it, vi } from 'vitest';
import { createMetricReader } from '../../../lib/telemetry/create-metric-reader.ts';
import { createDeferredMeterProvider } from '../../../lib/telemetry/deferred-meter-provider.ts';

/** What is collected, by metric: the points' attributes, and their values or histograms' sums. */
function startSdk() {
  const reader = createMetricReader();
  const provider = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.map(({ descriptor, dataPoints }) => ({
        scope,
        descriptor,
        points: dataPoints.map(({ attributes, value }) => [
          attributes,
          typeof value === 'number' ? value : [value.sum, 'count' in value && value.count],
        ]),
      })),
    );
  };
  return { provider, collect };
}

const observe: ObservableCallback = (result) => result.observe(3, { of: 'callback' });
const removed: ObservableCallback = (result) => result.observe(99);

/** Every kind of instrument, in two steps: what comes before the SDK, and what comes with it. */
function use(meter: Meter): () => void {
  const options = { unit: '{item}', description: 'd' };
  const counter = meter.createCounter('counter', options);
  const upDown = meter.createUpDownCounter('up_down', options);
  const histogram = meter.createHistogram('histogram', { unit: 'ms' });
  const gauge = meter.createGauge('gauge');
  const observables = [
    meter.createObservableCounter('observable_counter'),
    meter.createObservableUpDownCounter('observable_up_down'),
    meter.createObservableGauge('observable_gauge'),
  ] as const;
  const [one, two, three] = observables;
  const batch: BatchObservableCallback = (result) => {
    result.observe(two, 5, { of: 'batch' });
    result.observe(three, 6);
  };
  const removedBatch: BatchObservableCallback = (result) => result.observe(three, 99, { no: 1 });
  const measure = () => {
    counter.add(2, { of: 'a' });
    upDown.add(-4);
    histogram.record(20, { of: 'a' });
    gauge.record(7);
  };
  measure();
  one.addCallback(observe);
  one.addCallback(removed);
  one.removeCallback(removed);
  meter.addBatchObservableCallback(batch, [two, three]);
  meter.addBatchObservableCallback(removedBatch, [three]);
  return () => {
    measure();
    meter.removeBatchObservableCallback(removedBatch, [three]);
    meter.createCounter('later').add(1);
  };
}

it('collects what the SDK would have collected had it been there from the start', async () => {
  const sdk = startSdk();
  use(sdk.provider.getMeter('shop', '1'))();
  const deferred = createDeferredMeterProvider(() => {});
  const later = use(deferred.getMeter('shop', '1'));
  const ours = startSdk();
  deferred.use(ours.provider);
  later();
  const collected = await ours.collect();
  expect(collected).toHaveLength(8);
  expect(collected).toEqual(await sdk.collect());
});

it('measures with the attributes of the call, whatever the caller does to them later', async () => {
  const deferred = createDeferredMeterProvider(() => {});
  const attributes = { of: 'a' };
  deferred.getMeter('shop').createCounter('counter').add(1, attributes);
  attributes.of = 'b';
  const { provider, collect } = startSdk();
  deferred.use(provider);
  expect((await collect())[0]?.points).toEqual([[{ of: 'a' }, 1]]);
});

it('counts measurements of one instrument that two meters of one identity made', async () => {
  const deferred = createDeferredMeterProvider(() => {});
  for (let times = 0; times < 2; times += 1) {
    deferred.getMeter('shop', '1').createCounter('counter').add(1);
  }
  const { provider, collect } = startSdk();
  deferred.use(provider);
  expect((await collect()).map(({ points }) => points)).toEqual([[[{}, 2]]]);
});

it('keeps what was measured beside what the SDK does not take', async () => {
  const deferred = createDeferredMeterProvider(() => {});
  const counter = deferred.getMeter('shop').createCounter('counter');
  counter.add(1);
  counter.add(1, { bad: 1n as unknown as string });
  counter.add(1);
  const { provider, collect } = startSdk();
  deferred.use(provider);
  counter.add(1);
  expect((await collect())[0]?.points).toEqual([[{}, 3]]);
});

it('takes a batch of observables from any meter, and one that another meter removes', async () => {
  const deferred = createDeferredMeterProvider(() => {});
  const { provider, collect } = startSdk();
  const gauge = deferred.getMeter('shop').createObservableGauge('gauge');
  const batch: BatchObservableCallback = (result) => result.observe(gauge, 3);
  deferred.getMeter('shop').addBatchObservableCallback(batch, [gauge]);
  deferred.use(provider);
  expect((await collect()).map(({ points }) => points)).toEqual([[[{}, 3]]]);
  deferred.getMeter('shop').removeBatchObservableCallback(batch, [gauge]);
  expect(await collect()).toEqual([]);
});

it('keeps 10,000 measurements, counts the others once, and still makes instruments', async () => {
  const onDropped = vi.fn();
  const deferred = createDeferredMeterProvider(onDropped);
  const meter = deferred.getMeter('shop');
  const counter = meter.createCounter('counter');
  for (let times = 0; times < 10_007; times += 1) counter.add(1);
  const late = meter.createCounter('late');
  expect(onDropped).not.toHaveBeenCalled();
  const { provider, collect } = startSdk();
  deferred.use(provider);
  expect(onDropped.mock.calls).toEqual([[7]]);
  late.add(5);
  expect((await collect()).map(({ points }) => points)).toEqual([[[{}, 10_000]], [[{}, 5]]]);
});
