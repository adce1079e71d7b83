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
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; use http/json or http/protobuf. "http/json" is used.',
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

describe('a bad setting is one warning, and never an error', () => {
  const standard = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [
      { ...standard, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '/logs' },
      'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    ],
    [{ ...standard, OTEL_EXPORTER_OTLP_COMPRESSION: 'brotli' }, 'OTEL_EXPORTER_OTLP_COMPRESSION'],
    [{ ...standard, OTEL_EXPORTER_OTLP_HEADERS: 'no-value' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
    [{ ...standard, OTEL_EXPORTER_OTLP_HEADERS: 'a=%0Aconst' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
    [{ ...standard, OTEL_EXPORTER_OTLP_HEADERS: 'a b=c' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
    [
      { ...standard, OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=%E0%A4%A' },
      'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
    ],
    [{ ...standard, OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
    [
      { ...standard, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' },
      'OTEL_TRACES_SAMPLER_ARG',
    ],
    [
      { ...standard, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'OTEL_TRACES_SAMPLER_ARG',
    ],
    [{ ...standard, OTEL_LOG_LEVEL: 'loud' }, 'OTEL_LOG_LEVEL'],
    [{ ...standard, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '-1' }, 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    [{ ...standard, OTEL_SPAN_EVENT_COUNT_LIMIT: 'few' }, 'OTEL_SPAN_EVENT_COUNT_LIMIT'],
  ] as [Record<string, string>, string][])('%j', (env, variable) => {
    const { warnings } = readTelemetryConfig(env);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(new RegExp(`^${variable} `));
  });

  it('a header that is bad is not shown, since it may be a credential, and the others stay', () => {
    const { exports, warnings } = readTelemetryConfig({
      ...standard,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc,secret-without-value',
    });
    expect(exports.logs.target).toMatchObject({ headers: { authorization: 'Bearer abc' } });
    expect(warnings.join()).not.toContain('secret');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'user:pass-1@collector:4318', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'grpc://user:pass-1@x@collector', 'collector'],
    ['ONEUPTIME_ENDPOINT', 'user:pass-1@oneuptime', 'oneuptime'],
  ])(
    '%s=%s: nothing before an @ is shown, since it may be a password',
    (variable, value, shown) => {
      const { warnings } = readTelemetryConfig({ ONEUPTIME_TOKEN: token, [variable]: value });
      expect(warnings).toEqual([expect.stringContaining(`${variable} is "${shown}", which`)]);
      expect(warnings.join()).not.toContain('pass-1');
    },
  );

  it('what a bad endpoint was meant for does not go to OneUptime', () => {
    const { exports, exporting } = readTelemetryConfig({
      ONEUPTIME_TOKEN: token,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces.example',
    });
    expect(exports.traces.target).toEqual({ kind: 'none' });
    expect(exports.logs.target).toMatchObject({ kind: 'oneuptime' });
    expect(exporting).toBe(true);
  });
});

it.each([
  [{}, { name: 'parentbased_always_on', ratio: 1 }],
  [{ OTEL_TRACES_SAMPLER: 'Always_Off' }, { name: 'always_off', ratio: 1 }],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { name: 'parentbased_traceidratio', ratio: 0.25 },
  ],
])('%j is the sampler %j', (env, sampler) => {
  expect(readTelemetryConfig(env as Record<string, string>).sampler).toEqual(sampler);
});

it('limits have defaults, and the standard variables change them, the nearer one first', () => {
  const limits = (env: Record<string, string>) => readTelemetryConfig(env).limits;
  expect(limits({}).span).toMatchObject({ attributeValueLengthLimit: 8_192, eventCountLimit: 128 });
  const both = limits({
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100',
    OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50',
    OTEL_ATTRIBUTE_COUNT_LIMIT: '10',
    OTEL_SPAN_LINK_COUNT_LIMIT: '3',
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '4',
  });
  expect(both.span).toEqual({
    attributeValueLengthLimit: 50,
    attributeCountLimit: 10,
    eventCountLimit: 128,
    linkCountLimit: 3,
    attributePerEventCountLimit: 4,
    attributePerLinkCountLimit: 128,
  });
  expect(both.logRecord).toEqual({ attributeValueLengthLimit: 100, attributeCountLimit: 10 });
});
