import { createNoopMeter, metrics, type Span, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterEach, expect, it } from 'vitest';
import { startTelemetry, type TelemetryOptions } from '../../../lib/telemetry.ts';
import { disableTelemetry } from '../../support/disable-telemetry.ts';
import { startBackend } from './otlp-backend.ts';

afterEach(disableTelemetry);

/** Lambda's Extensions API, which takes the registration and has no event. */
async function startLambda() {
  const { endpoint, requests } = await startBackend(({ url }, response) => {
    if (url?.endsWith('/register') !== true) return;
    response.writeHead(200, { 'lambda-extension-identifier': 'id-1' });
    response.end('{"accountId":"123456789012"}');
  });
  const environment = { AWS_LAMBDA_RUNTIME_API: new URL(endpoint).host, ONEUPTIME_TOKEN: 't' };
  const registrations = () => requests.filter(({ path }) => path.endsWith('/register')).length;
  return { environment, registrations };
}

it.each<[number, number, TelemetryOptions, Record<string, string>]>([
  [1, 0, {}, {}],
  [1, 0, { flush: 'before-response' }, { LEADLINE_FLUSH: 'adaptive' }],
  [0, 2_500, { flush: 'before-response' }, {}],
  [0, 2_500, {}, { LEADLINE_FLUSH: 'before-response' }],
  [0, 0, {}, { OTEL_SDK_DISABLED: 'true' }],
  [0, 0, { flush: 'before-response' }, { ONEUPTIME_TOKEN: '' }],
])('%j extensions and %j ms before a response with %j and %j', async (count, ms, options, more) => {
  const { environment, registrations } = await startLambda();
  const telemetry = await startTelemetry({ ...options, environment: { ...environment, ...more } });
  expect(registrations()).toBe(count);
  expect(telemetry.flushBeforeResponseMs).toBe(ms);
});

it('knows the account of the function from the registration', async () => {
  const { environment } = await startLambda();
  await startTelemetry({ environment });
  const span: Span & Partial<ReadableSpan> = trace.getTracer('test').startSpan('work');
  expect(span.resource?.asyncAttributesPending).toBe(false);
  expect(span.resource?.attributes['cloud.account.id']).toBe('123456789012');
});

it('leaves the metrics of a process alone where they have no target', async () => {
  await startTelemetry({
    environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces' },
  });
  expect(metrics.getMeter('test')).toBe(createNoopMeter());
});

it('knows how the last request of each signal ended', async () => {
  const { endpoint } = await startBackend(({ url }, response, take) => {
    if (url?.endsWith('/logs') === true) response.writeHead(401).end();
    else take();
  });
  const telemetry = await startTelemetry({
    environment: { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 't' },
  });
  trace.getTracer('test').startSpan('work').end();
  logs.getLogger('test').emit({ body: 'said' });
  await telemetry.flush({ requestId: 'r-1', remainingMs: 10_000 });
  expect(telemetry.lastExport('traces')).toEqual({ timeMs: expect.any(Number) });
  expect(telemetry.lastExport('logs')).toMatchObject({ failure: 'http_401' });
});
