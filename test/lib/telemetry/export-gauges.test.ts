import { afterEach, expect, it } from 'vitest';
import { startTelemetry, type TelemetryOptions } from '../../../lib/telemetry.ts';
import { disableTelemetry } from '../../support/disable-telemetry.ts';
import { type Behaviour, startBackend } from './otlp-backend.ts';

afterEach(disableTelemetry);

const request = { requestId: 'r-1', remainingMs: 10_000 };

async function start(
  options: TelemetryOptions = {},
  environment: Record<string, string> = {},
  behaviour: Behaviour = 'take',
) {
  const backend = await startBackend(behaviour);
  const telemetry = await startTelemetry({
    flush: 'before-response',
    ...options,
    environment: {
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      AWS_LAMBDA_FUNCTION_NAME: 'sample-queue-depth',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/03/01/[$LATEST]abc',
      ...environment,
    },
  });
  const metricRequests = () => backend.requests.filter(({ path }) => path.endsWith('/v1/metrics'));
  return { ...backend, telemetry, metricRequests };
}

const gauges = (count: number, timeMs = 1_772_366_400_123) =>
  Array.from({ length: count }, (_, index) => ({
    name: 'queue.depth',
    unit: '{message}',
    description: 'Messages.',
    value: index,
    attributes: { 'queue.name': `q${index}` },
    timeMs,
  }));

it('a gauge arrives with its own time, unit and attributes', async () => {
  const { telemetry, store } = await start();
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(store.points()).toMatchObject([
    {
      metric: 'queue.depth',
      type: 'gauge',
      unit: '{message}',
      value: 0,
      attributes: { 'queue.name': 'q0' },
      timeUnixNano: 1_772_366_400_123_000_000n,
    },
  ]);
});

it('several times of one series arrive, each once', async () => {
  const { telemetry, store } = await start();
  for (const timeMs of [60_000, 120_000, 180_000]) telemetry.addGauges(gauges(1, timeMs));
  await telemetry.flush(request);
  await telemetry.flush(request);
  const times = store.points().map(({ timeUnixNano }) => timeUnixNano / 1_000_000n);
  expect(times).toEqual([60_000n, 120_000n, 180_000n]);
});

it('10,000 series arrive whole, in order, 5,000 points a request', async () => {
  const { telemetry, store, metricRequests } = await start();
  telemetry.addGauges(gauges(10_001));
  await telemetry.flush(request);
  expect(metricRequests()).toHaveLength(3);
  expect(store.points().map(({ value }) => value)).toEqual(
    gauges(10_001).map(({ value }) => value),
  );
  const names = store.points().map(({ attributes }) => attributes['queue.name']);
  expect(new Set(names).size).toBe(10_001);
});

it('METRIC_PREFIX stands before their names too', async () => {
  const { telemetry, store } = await start({}, { METRIC_PREFIX: 'celery.' });
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(store.points().map(({ metric }) => metric)).toEqual(['celery.queue.depth']);
});

it('are sent again after a backend that was down, with the times that they had', async () => {
  const { telemetry, store, behave } = await start({}, {}, 503);
  telemetry.addGauges(gauges(1, 60_000));
  await telemetry.flush(request);
  behave('take');
  telemetry.addGauges(gauges(1, 120_000));
  await telemetry.flush(request);
  const depths = store.points().filter(({ metric }) => metric === 'queue.depth');
  expect(depths.map(({ timeUnixNano }) => timeUnixNano / 1_000_000n)).toEqual([60_000n, 120_000n]);
});

it('identity function: all instances are one series, named after the function', async () => {
  const { telemetry, store } = await start({ identity: 'function' });
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  const [point] = store.points();
  expect(point?.resource).toMatchObject({
    'service.instance.id': 'sample-queue-depth',
    'faas.name': 'sample-queue-depth',
  });
  expect(point?.resource).not.toHaveProperty(['faas.instance']);
});

it('without it instances are told apart', async () => {
  const { telemetry, store } = await start();
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(store.points()[0]?.resource).toMatchObject({
    'service.instance.id': '2026/03/01/[$LATEST]abc',
    'faas.instance': '2026/03/01/[$LATEST]abc',
  });
});

it.each<[string, TelemetryOptions, Record<string, string>, string | undefined]>([
  ['by default', {}, {}, undefined],
  ['with compression gzip', { compression: 'gzip' }, {}, 'gzip'],
  [
    'with gzip where OTEL_EXPORTER_OTLP_COMPRESSION is none',
    { compression: 'gzip' },
    { OTEL_EXPORTER_OTLP_COMPRESSION: 'none' },
    undefined,
  ],
  [
    'with gzip where that of metrics is none',
    { compression: 'gzip' },
    { OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'none' },
    undefined,
  ],
  [
    'by OTEL_EXPORTER_OTLP_COMPRESSION alone',
    {},
    { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
    'gzip',
  ],
])('the encoding of a request %s', async (_, options, environment, encoding) => {
  const { telemetry, store, metricRequests } = await start(options, environment);
  telemetry.addGauges(gauges(100));
  await telemetry.flush(request);
  expect(metricRequests()).toHaveLength(1);
  expect(metricRequests()[0]?.headers['content-encoding']).toBe(encoding);
  expect(store.points()).toHaveLength(100);
});

it('knows how its last export went', async () => {
  const { telemetry, behave } = await start();
  expect(telemetry.lastExport()).toBeUndefined();
  const began = Date.now();
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  const first = telemetry.lastExport();
  expect(first?.timeMs).toBeGreaterThanOrEqual(began);
  expect(first).not.toHaveProperty('failure');

  behave(401);
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(telemetry.lastExport()).toMatchObject({ failure: 'http_401' });
  behave('take');
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(telemetry.lastExport()).not.toHaveProperty('failure');
});

it('takes gauges and keeps none when the SDK is disabled', async () => {
  const { telemetry, requests } = await start({}, { OTEL_SDK_DISABLED: 'true' });
  telemetry.addGauges(gauges(1));
  await telemetry.flush(request);
  expect(requests).toEqual([]);
  expect(telemetry.lastExport()).toBeUndefined();
});
