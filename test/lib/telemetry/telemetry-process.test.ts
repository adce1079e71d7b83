import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startBackend } from './otlp-backend.ts';
import { runProgram, startProgram } from './run-program.ts';

const down = 'http://127.0.0.1:1/otlp';

it('works without any setting: one warning, nothing sent, nothing thrown', async () => {
  const { exit, warnings, result } = await runProgram({}, '3');
  expect(exit).toBe(0);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'WARN',
    message: expect.stringContaining('set ONEUPTIME_TOKEN'),
    service: 'leadline',
  });
  expect(result).toMatchObject({ serviceName: 'leadline', logLevel: 'info', traceMode: 'parent' });
});

it('warns once of a backend that refuses every flush, and never shows the token', async () => {
  const { endpoint, requests } = await startBackend(401);
  const env = { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'secret-token-1' };
  const { exit, warnings, lines } = await runProgram(env, '5');
  expect(exit).toBe(0);
  expect(requests.length).toBeGreaterThan(2);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.['message']).toContain('Telemetry export failed');
  expect(JSON.stringify(lines)).not.toContain('secret-token-1');
});

it('warns again when a minute has passed, and not before', async () => {
  const url = new URL('../../../lib/telemetry/warn.ts', import.meta.url);
  const script = `
    import { createRateLimitedWarn } from ${JSON.stringify(url)};
    let now = 0;
    const warn = createRateLimitedWarn('shop', () => now);
    for (now of [0, 1, 59_999, 60_000, 60_001]) warn(String(now));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    '0',
    '60000',
  ]);
});

it('starts with every setting bad: a warning each, and the defaults', async () => {
  const { exit, warnings, result } = await runProgram({
    ONEUPTIME_ENDPOINT: 'oneuptime',
    ONEUPTIME_TOKEN: 'secret\ntoken',
    LOG_LEVEL: 'loud',
    LEADLINE_TRACE_MODE: 'both',
    OTEL_PROPAGATORS: 'pigeon,__proto__',
    OTEL_RESOURCE_ATTRIBUTES: '%',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_TRACES_SAMPLER_ARG: 'half',
  });
  expect(exit).toBe(0);
  expect(result).toMatchObject({ logLevel: 'info', traceMode: 'parent' });
  const messages = warnings.map(({ message }) => message).join('\n');
  for (const variable of [
    'ONEUPTIME_ENDPOINT',
    'LOG_LEVEL',
    'LEADLINE_TRACE_MODE',
    'OTEL_PROPAGATORS',
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_TRACES_SAMPLER',
  ]) {
    expect(messages).toContain(variable);
  }
  expect(messages).not.toContain('secret');
});

describe('the standard variables', () => {
  it('send everything to another backend, without OneUptime’s token', async () => {
    const { endpoint, requests } = await startBackend(200);
    const { warnings } = await runProgram({
      ONEUPTIME_ENDPOINT: down,
      ONEUPTIME_TOKEN: 'secret-token-1',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
    });
    expect(warnings).toEqual([]);
    expect(requests.map(({ path }) => path).sort()).toEqual([
      '/otlp/v1/logs',
      '/otlp/v1/metrics',
      '/otlp/v1/traces',
    ]);
    expect(requests[0]?.headers['authorization']).toBe('Bearer abc');
    expect(JSON.stringify(requests)).not.toContain('secret-token-1');
  });

  it('move one signal alone', async () => {
    const oneuptime = await startBackend();
    const other = await startBackend(200);
    await runProgram({
      ONEUPTIME_ENDPOINT: oneuptime.endpoint,
      ONEUPTIME_TOKEN: 'secret-token-1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${other.endpoint}/my-traces`,
    });
    expect(other.requests.map(({ path }) => path)).toEqual(['/otlp/my-traces']);
    expect(other.requests[0]?.headers['x-oneuptime-token']).toBeUndefined();
    expect(oneuptime.store.spans()).toEqual([]);
    expect(oneuptime.store.logs()).toHaveLength(1);
    expect(oneuptime.store.points()).toHaveLength(1);
  });

  it('choose protobuf and gzip', async () => {
    const { endpoint, store, requests } = await startBackend();
    const { warnings } = await runProgram({
      ONEUPTIME_ENDPOINT: endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    expect(warnings).toEqual([]);
    expect(requests).toHaveLength(3);
    for (const { headers } of requests) {
      expect(headers).toMatchObject({
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        'x-oneuptime-token': 'token-1',
      });
    }
    expect([store.spans().length, store.logs().length, store.points().length]).toEqual([1, 1, 1]);
  });

  it('sample as OTEL_TRACES_SAMPLER says; logs and metrics still go', async () => {
    const { endpoint, store } = await startBackend();
    await runProgram({
      ONEUPTIME_ENDPOINT: endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect(store.spans()).toEqual([]);
    expect(store.logs()).toHaveLength(1);
    expect(store.points()).toMatchObject([{ metric: 'program.invocations', value: 1 }]);
  });
});

describe('at SIGTERM', () => {
  it('the callbacks run, what is left is sent, and the process ends by the signal', async () => {
    const { endpoint, store } = await startBackend();
    const program = startProgram(
      { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' },
      '1',
      '10000',
      'signal',
    );
    await program.line('ready');
    program.kill('SIGTERM');
    expect(await program.ended).toBe('SIGTERM');
    expect(store.spans().map(({ name }) => name)).toEqual([
      'invocation',
      'left over',
      'shutting down',
    ]);
  });

  it('a backend that hangs does not hold it', async () => {
    const { endpoint } = await startBackend('hang');
    const program = startProgram(
      { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' },
      '0',
      '10000',
      'signal',
    );
    await program.line('ready');
    const start = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toBe('SIGTERM');
    // Lambda kills it after 500 ms; the rest is for a machine that is busy.
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('a callback that hangs does not take the flush its time', async () => {
    const { endpoint, store } = await startBackend();
    const env = { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' };
    const program = startProgram(env, '1', '10000', 'hanging-callback');
    await program.line('ready');
    const start = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toBe('SIGTERM');
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(store.spans().map(({ name }) => name)).toContain('left over');
  });

  it('a callback that throws does not take the others and the flush with it', async () => {
    const { endpoint, store } = await startBackend();
    const env = { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' };
    const program = startProgram(env, '0', '10000', 'failing-callback');
    await program.line('ready');
    program.kill('SIGTERM');
    expect(await program.ended).toBe('SIGTERM');
    expect(store.spans().map(({ name }) => name)).toEqual(['left over', 'shutting down']);
  });

  it('a listener of the user’s own is called once, and the end is its own', async () => {
    const { endpoint, store } = await startBackend();
    const env = { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' };
    const program = startProgram(env, '1', '10000', 'own-listener');
    await program.line('ready');
    program.kill('SIGTERM');
    expect(await program.ended).toBe(7);
    expect(program.lines.filter((line) => 'own' in line)).toHaveLength(1);
    expect(store.spans().map(({ name }) => name)).toContain('left over');
  });

  it('a listener for once that was there before counts as the user’s own, too', async () => {
    const { endpoint, store } = await startBackend();
    const env = { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' };
    const program = startProgram(env, '1', '10000', 'earlier-listener');
    await program.line('ready');
    program.kill('SIGTERM');
    expect(await program.ended).toBe(7);
    expect(store.spans().map(({ name }) => name)).toContain('left over');
  });
});
