import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createOtlpReceiver, type RejectedExport } from '../../../local/otlp/otlp-receiver.ts';
import type { RelayedRequest } from '../../../local/otlp/send-otlp.ts';
import { createTelemetryStore } from '../../../local/otlp/telemetry-store.ts';
import { serve } from '../http-api/serve.ts';
import { callerTraceId, createSampleTelemetry } from './sample-telemetry.ts';

const sample = await createSampleTelemetry();
const protobuf = Buffer.from(ProtobufTraceSerializer.serializeRequest(sample.spans) ?? []);
const token = { 'x-oneuptime-token': 'local' };
const asProtobuf = { ...token, 'content-type': 'application/x-protobuf' };
const asJson = { ...token, 'content-type': 'application/json' };

async function start() {
  const store = createTelemetryStore();
  const enqueue = vi.fn<(request: RelayedRequest) => void>();
  const onRejected = vi.fn<(rejected: RejectedExport) => void>();
  const url = await serve(createOtlpReceiver({ store, relay: { enqueue }, onRejected }));
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = asJson) =>
    fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { url, store, enqueue, onRejected, post };
}

function exported(run: (done: (result: { code: number; error?: Error }) => void) => void) {
  return new Promise<{ code: number; error?: Error }>((resolve) => run(resolve));
}

describe('createOtlpReceiver', () => {
  test.each(['none', 'gzip'] as const)(
    "takes what OpenTelemetry's exporters send, compression %s",
    async (compression) => {
      const { url, store } = await start();
      const options = (signal: string) => ({
        url: `${url}/otlp/v1/${signal}`,
        headers: token,
        compression: compression as never,
      });
      const traces = new OTLPTraceExporter(options('traces'));
      const metrics = new OTLPMetricExporter(options('metrics'));
      const logs = new OTLPLogExporter(options('logs'));
      const results = await Promise.all([
        exported((done) => traces.export(sample.spans, done)),
        exported((done) => metrics.export(sample.metrics, done)),
        exported((done) => logs.export(sample.logs, done)),
      ]);
      await Promise.all([traces.shutdown(), metrics.shutdown(), logs.shutdown()]);
      expect(results).toEqual([{ code: 0 }, { code: 0 }, { code: 0 }]);
      expect(store.trace(callerTraceId).map(({ name }) => name)).toEqual([
        'charge_card',
        'process default',
      ]);
      expect(store.points().map(({ metric }) => metric)).toContain('task.completed');
      expect(store.logs()[0]?.body).toBe('task completed');
    },
  );

  test('answers JSON to JSON', async () => {
    const { post } = await start();
    const response = await post('/otlp/v1/traces', '{}');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{}');
  });

  test('answers an empty protobuf message to protobuf', async () => {
    const { post, store } = await start();
    const response = await post('/otlp/v1/traces', protobuf, asProtobuf);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(store.spans()).toHaveLength(2);
  });

  test('reads every content type but protobuf as JSON', async () => {
    const { post, store } = await start();
    const span = { traceId: callerTraceId, spanId: '1'.repeat(16), name: 'n' };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const response = await post('/otlp/v1/traces', body, { ...token, 'content-type': 'text/x' });
    expect(response.status).toBe(200);
    expect(store.spans().map(({ name }) => name)).toEqual(['n']);
  });

  test('hands the relay what was accepted, as it came', async () => {
    const { post, enqueue } = await start();
    const body = gzipSync(protobuf);
    await post('/otlp/v1/traces', body, { ...asProtobuf, 'content-encoding': 'gzip' });
    await post('/otlp/v1/traces', 'garbage');
    expect(enqueue).toHaveBeenCalledExactlyOnceWith({
      signal: 'traces',
      body,
      contentType: 'application/x-protobuf',
      contentEncoding: 'gzip',
    });
  });

  test('validates tokens as OneUptime does', async () => {
    const { url } = await start();
    const good = await fetch(`${url}/otlp/v1/validate`, { headers: token });
    expect(good.status).toBe(200);
    expect(await good.json()).toEqual({ valid: true, projectId: 'local' });
    const bad = await fetch(`${url}/otlp/v1/validate`);
    expect(bad.status).toBe(401);
    expect(await bad.json()).toEqual({ valid: false });
  });
});

describe('what is refused', () => {
  test.each<[string, string, Record<string, string>, string | Buffer, number, string]>([
    ['no token', '/otlp/v1/logs', {}, '{}', 401, 'x-oneuptime-token'],
    ['a bearer token', '/otlp/v1/logs', { authorization: 'Bearer x' }, '{}', 401, 'is missing'],
    ['another path', '/otlp/v1/profiles', asJson, '{}', 404, 'nothing at /otlp/v1/profiles'],
    ['garbage', '/otlp/v1/logs', asJson, '{', 400, 'not JSON'],
    ['nothing at all', '/otlp/v1/logs', asJson, '', 400, 'not JSON'],
    ['the wrong shape', '/otlp/v1/logs', asJson, '{"resourceLogs":7}', 400, 'resourceLogs'],
    ['garbage as protobuf', '/otlp/v1/logs', asProtobuf, 'garbage', 400, 'not protobuf'],
    [
      'what only says that it is gzip',
      '/otlp/v1/logs',
      { ...asJson, 'content-encoding': 'gzip' },
      '{}',
      400,
      'not gzip',
    ],
    [
      'deflate, which OneUptime loses',
      '/otlp/v1/logs',
      { ...asJson, 'content-encoding': 'deflate' },
      '{}',
      415,
      "'deflate'",
    ],
    [
      'over 4 MB',
      '/otlp/v1/logs',
      asJson,
      Buffer.alloc(4 * 1024 * 1024 + 1, ' '),
      413,
      'over 4194304 bytes',
    ],
    [
      'a zip bomb',
      '/otlp/v1/logs',
      { ...asJson, 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(200 * 1024 * 1024)),
      413,
      'over 20971520 bytes unzipped',
    ],
  ])('%s', async (_, path, headers, body, status, message) => {
    const { post, store, enqueue, onRejected } = await start();
    const response = await post(path, body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ message: expect.stringContaining(message) });
    expect(onRejected).toHaveBeenCalledExactlyOnceWith({
      path,
      statusCode: status,
      message: expect.stringContaining(message),
    });
    expect(store.logs()).toEqual([]);
    expect(enqueue).not.toHaveBeenCalled();
  });

  test.each([
    ['GET', '/otlp/v1/traces', 'POST'],
    ['POST', '/otlp/v1/validate', 'GET'],
  ])('%s %s: 405, use %s', async (method, path, allow) => {
    const { url } = await start();
    const response = await fetch(url + path, { method, headers: token });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
  });

  test('any bytes in any wrapping get an answer, and the next request too', async () => {
    const { post } = await start();
    const signals = fc.constantFrom('traces', 'metrics', 'logs');
    const types = fc.constantFrom('application/json', 'application/x-protobuf', 'x');
    const encodings = fc.constantFrom('identity', 'gzip', 'zipped');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((plain) => gzipSync(plain)),
    );
    await fc.assert(
      fc.asyncProperty(signals, types, encodings, bytes, async (signal, type, encoding, body) => {
        const headers = { ...token, 'content-type': type, 'content-encoding': encoding };
        const response = await post(`/otlp/v1/${signal}`, Buffer.from(body), headers);
        await response.arrayBuffer();
        expect([200, 400, 415]).toContain(response.status);
      }),
      { numRuns: 300 },
    );
    const response = await post('/otlp/v1/traces', protobuf, asProtobuf);
    expect(response.status).toBe(200);
  });

  test('a client that leaves in the middle harms nobody', async () => {
    const { url, post } = await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const head = 'POST /otlp/v1/logs HTTP/1.1\r\nHost: x\r\nx-oneuptime-token: t\r\n';
    socket.write(`${head}Content-Length: 100\r\n\r\n{`, () => socket.resetAndDestroy());
    await once(socket, 'close');
    expect((await post('/otlp/v1/logs', '{}')).status).toBe(200);
  });

  test('a listener or a relay that throws does not take the receiver down', async () => {
    const { post, store, enqueue } = await start();
    const warning = once(process, 'warning');
    const unsubscribe = store.subscribe(() => {
      throw new Error('a bug of ours');
    });
    expect((await post('/otlp/v1/traces', protobuf, asProtobuf)).status).toBe(200);
    expect((await warning)[0]).toMatchObject({ message: 'a bug of ours' });
    unsubscribe();
    enqueue.mockImplementationOnce(() => {
      throw new Error('another');
    });
    await expect(post('/otlp/v1/traces', '{}')).rejects.toThrow('fetch failed');
    expect((await post('/otlp/v1/traces', '{}')).status).toBe(200);
  });
});
