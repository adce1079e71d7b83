import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';

const token = 'secret-token-1';
const oneuptime = (signal: string, endpoint = 'https://oneuptime.com/otlp') => ({
  kind: 'oneuptime',
  url: `${endpoint}/v1/${signal}`,
});
const targets = (env: Record<string, string>) => {
  const { traces, metrics, logs } = readTelemetryConfig(env).exports;
  return { traces: traces.target, metrics: metrics.target, logs: logs.target };
};

describe('where the signals go', () => {
  it('a token alone sends all three to OneUptime', () => {
    expect(targets({ ONEUPTIME_TOKEN: token })).toEqual({
      traces: oneuptime('traces'),
      metrics: oneuptime('metrics'),
      logs: oneuptime('logs'),
    });
  });

  it.each([
    'http://127.0.0.1:3000/otlp',
    'http://127.0.0.1:3000/otlp/',
    'http://127.0.0.1:3000/otlp//',
  ])('ONEUPTIME_ENDPOINT=%s is the base of the paths', (endpoint) => {
    const { metrics } = targets({ ONEUPTIME_TOKEN: token, ONEUPTIME_ENDPOINT: endpoint });
    expect(metrics).toEqual(oneuptime('metrics', 'http://127.0.0.1:3000/otlp'));
  });

  it('OTEL_EXPORTER_OTLP_ENDPOINT wins over OneUptime, and the token does not go there', () => {
    const env = {
      ONEUPTIME_TOKEN: token,
      ONEUPTIME_ENDPOINT: 'https://oneuptime.example/otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://other.example',
    };
    const standard = (signal: string) => ({
      kind: 'standard',
      url: `https://other.example/v1/${signal}`,
      headers: {},
    });
    expect(targets(env)).toEqual({
      traces: standard('traces'),
      metrics: standard('metrics'),
      logs: standard('logs'),
    });
    expect(JSON.stringify(readTelemetryConfig(env).exports)).not.toContain(token);
  });

  it('a signal’s own endpoint moves that signal alone', () => {
    expect(
      targets({
        ONEUPTIME_TOKEN: token,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/v1/traces',
      }),
    ).toEqual({
      traces: { kind: 'standard', url: 'https://traces.example/v1/traces', headers: {} },
      metrics: oneuptime('metrics'),
      logs: oneuptime('logs'),
    });
  });

  it.each([{}, { ONEUPTIME_TOKEN: '' }, { ONEUPTIME_ENDPOINT: 'https://oneuptime.example/otlp' }])(
    '%j exports nothing and says so once',
    (env) => {
      expect(Object.values(targets(env)).map(({ kind }) => kind)).toEqual(['none', 'none', 'none']);
      const { warnings, exporting } = readTelemetryConfig(env);
      expect(exporting).toBe(false);
      expect(warnings).toEqual([expect.stringContaining('set ONEUPTIME_TOKEN')]);
    },
  );

  it('a disabled SDK does not warn that nothing is exported', () => {
    expect(readTelemetryConfig({ OTEL_SDK_DISABLED: 'true' })).toMatchObject({
      disabled: true,
      warnings: [],
    });
  });

  it.each(['not a url', 'ftp://oneuptime.example', 'oneuptime.example/otlp'])(
    'ONEUPTIME_ENDPOINT=%s is a warning and no target',
    (endpoint) => {
      const env = { ONEUPTIME_TOKEN: token, ONEUPTIME_ENDPOINT: endpoint };
      expect(targets(env).traces).toEqual({ kind: 'none' });
      const { warnings } = readTelemetryConfig(env);
      expect(warnings[0]).toContain(`ONEUPTIME_ENDPOINT is ${JSON.stringify(endpoint)}`);
      expect(warnings[0]).toContain('use e.g. https://oneuptime.com/otlp');
    },
  );
});

it.each([
  [{ OTEL_SDK_DISABLED: 'true' }, true],
  [{ OTEL_SDK_DISABLED: 'TRUE ' }, true],
  [{ OTEL_SDK_DISABLED: 'false' }, false],
  [{ OTEL_SDK_DISABLED: '1' }, false],
  [{}, false],
])('%j: disabled is %s', (env, disabled) => {
  expect(readTelemetryConfig(env).disabled).toBe(disabled);
});

describe('service.name', () => {
  const env = {
    OTEL_SERVICE_NAME: 'otel',
    SERVICE_NAME: 'plain',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=attribute',
    AWS_LAMBDA_FUNCTION_NAME: 'function',
  };

  it('is the first that is set, by the precedence of the documentation', () => {
    const names: string[] = [];
    const left: Record<string, string> = { ...env };
    for (const variable of [...Object.keys(env), 'none']) {
      names.push(readTelemetryConfig(left).serviceName);
      delete left[variable];
    }
    expect(names).toEqual(['otel', 'plain', 'attribute', 'function', 'leadline']);
  });

  it('is never empty', () => {
    const empty = { OTEL_SERVICE_NAME: '', SERVICE_NAME: '', AWS_LAMBDA_FUNCTION_NAME: 'function' };
    expect(readTelemetryConfig(empty).serviceName).toBe('function');
  });
});

describe('choices', () => {
  it('have their defaults', () => {
    expect(readTelemetryConfig({})).toMatchObject({
      logLevel: 'info',
      traceMode: 'parent',
      metricPrefix: '',
      propagators: ['tracecontext', 'baggage'],
    });
  });

  it('take any letter case', () => {
    const env = {
      LOG_LEVEL: 'WARN',
      LEADLINE_TRACE_MODE: ' Link ',
      OTEL_PROPAGATORS: 'B3, Baggage',
    };
    expect(readTelemetryConfig({ ...env, ONEUPTIME_TOKEN: token })).toMatchObject({
      logLevel: 'warn',
      traceMode: 'link',
      propagators: ['b3', 'baggage'],
      warnings: [],
    });
  });

  it.each([
    ['LOG_LEVEL', 'verbose', 'logLevel', 'info'],
    ['LEADLINE_TRACE_MODE', 'both', 'traceMode', 'parent'],
    ['LEADLINE_FLUSH', 'never', 'flushMode', undefined],
  ] as const)(
    '%s=%s is a warning that names it, and the default',
    (variable, value, key, fallback) => {
      const config = readTelemetryConfig({ ONEUPTIME_TOKEN: token, [variable]: value });
      expect(config[key]).toBe(fallback);
      expect(config.warnings).toEqual([expect.stringContaining(`${variable} is "${value}"; use `)]);
    },
  );
});

it('never throws and never says the token, whatever the environment holds', () => {
  const variables = [
    'ONEUPTIME_ENDPOINT',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_SDK_DISABLED',
    'OTEL_PROPAGATORS',
    'LOG_LEVEL',
    'LEADLINE_TRACE_MODE',
    'METRIC_PREFIX',
    'QUEUES',
    'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
    'OTEL_SERVICE_NAME',
  ];
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...variables), fc.string({ unit: 'binary' })),
      (env) => {
        const { warnings, serviceName } = readTelemetryConfig({ ...env, ONEUPTIME_TOKEN: token });
        expect(warnings.join()).not.toContain(token);
        expect(serviceName).not.toBe('');
      },
    ),
  );
});
