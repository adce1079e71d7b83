import { describe, expect, it } from 'vitest';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';

const token = 'secret-token-1';

describe('how it is sent', () => {
  const settings = (env: Record<string, string>) =>
    readTelemetryConfig({ ONEUPTIME_TOKEN: token, ...env });

  it.each([
    [undefined, 2_000],
    ['500', 500],
    ['10000', 2_000],
    ['0', 2_000],
    ['soon', 2_000],
  ])('OTEL_EXPORTER_OTLP_TIMEOUT=%s: an attempt takes at most %s ms', (value, timeoutMs) => {
    const env: Record<string, string> = value ? { OTEL_EXPORTER_OTLP_TIMEOUT: value } : {};
    expect(settings(env).exports.metrics.timeoutMs).toBe(timeoutMs);
  });

  it('a signal’s own protocol and timeout win', () => {
    const { exports } = settings({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '700',
    });
    expect(exports.traces).toMatchObject({ protocol: 'http/protobuf', timeoutMs: 500 });
    expect(exports.logs).toMatchObject({ protocol: 'http/json', timeoutMs: 700 });
  });

  it('a protocol that is not spoken here is one warning, and http/json', () => {
    const { exports, warnings } = settings({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(Object.values(exports).map(({ protocol }) => protocol)).toEqual(
      Array(3).fill('http/json'),
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; http\/json is used/),
    ]);
  });

  it.each([
    [
      { ONEUPTIME_TOKEN: 'a', ONEUPTIME_TOKEN_PARAMETER: 'b' },
      { kind: 'value', token: 'a' },
    ],
    [{ ONEUPTIME_TOKEN_PARAMETER: 'b' }, { kind: 'parameter', name: 'b' }],
    [{ ONEUPTIME_TOKEN_SECRET_ARN: 'c' }, { kind: 'secret', arn: 'c' }],
  ])('%j is where the token comes from', (env, source) => {
    const config = readTelemetryConfig(env as Record<string, string>);
    expect(config.token).toEqual(source);
    expect(config.exporting).toBe(true);
  });

  it('managed instances have no extension: they run several invocations at a time', () => {
    const env = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };
    expect(settings(env).runtimeApi).toBe('127.0.0.1:9001');
    const managed = { ...env, AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances' };
    expect(settings(managed).runtimeApi).toBeUndefined();
  });
});
