import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { createMetricReader } from '../../../lib/telemetry/create-metric-reader.ts';
import { renameMetrics } from '../../../lib/telemetry/rename-metrics.ts';

async function namesWith(prefix: string): Promise<string[]> {
  const reader = createMetricReader();
  const provider = new MeterProvider({ readers: [reader] });
  const ours = provider.getMeter('leadline');
  ours.createCounter('task.started').add(1);
  ours.createCounter('telemetry.dropped').add(1);
  ours.createHistogram('messaging.process.duration').record(1);
  ours.createCounter('faas.coldstarts').add(1);
  provider.getMeter('shop').createCounter('orders').add(1);
  const { resourceMetrics } = await reader.collect();
  const renamed = renameMetrics(resourceMetrics, prefix);
  return renamed.scopeMetrics.flatMap(({ metrics }) => metrics.map((each) => each.descriptor.name));
}

it('puts METRIC_PREFIX before our names, not before conventions or the user’s own', async () => {
  expect(await namesWith('celery.')).toEqual([
    'celery.task.started',
    'celery.telemetry.dropped',
    'messaging.process.duration',
    'faas.coldstarts',
    'orders',
  ]);
});

it('changes nothing without a prefix', async () => {
  expect(await namesWith('')).toContain('task.started');
});
