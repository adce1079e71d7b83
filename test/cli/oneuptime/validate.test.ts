import { expect, test, vi } from 'vitest';
import { startAwsApi } from '../../end-to-end/aws-api.ts';
import { useOneUptime } from '../../support/use-oneuptime.ts';

const oneuptime = useOneUptime();
const validate = (environment: Record<string, string> = {}, args = '') =>
  oneuptime.leadline(`validate${args}`, {
    environment: { ONEUPTIME_TOKEN: oneuptime.standIn.token, ...environment },
    patience: { timeoutMs: 500 },
  });

test('checks the token, sends one of each signal, and says what OneUptime answered', async () => {
  const { code, out } = await validate();
  expect(code).toBe(0);
  expect(out).toContain('ok       token    200  {"valid":true,"projectId":"p-1"}');
  for (const signal of ['traces ', 'metrics', 'logs   ']) {
    expect(out).toContain(`ok       ${signal}  200  {}`);
  }
  const { signals } = oneuptime.standIn;
  expect(signals.map(({ path }) => path).toSorted()).toEqual([
    '/otlp/v1/logs',
    '/otlp/v1/metrics',
    '/otlp/v1/traces',
  ]);
  const sent = Object.fromEntries(signals.map(({ path, body }) => [path, JSON.parse(body)]));
  const [{ resource, scopeSpans }] = sent['/otlp/v1/traces'].resourceSpans;
  expect(resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'leadline' },
  });
  const [span] = scopeSpans[0].spans;
  const [log] = sent['/otlp/v1/logs'].resourceLogs[0].scopeLogs[0].logRecords;
  // One trace, and a body and a severity that OneUptime reads.
  expect(log.traceId).toBe(span.traceId);
  expect(log).toMatchObject({ severityNumber: 9, body: { stringValue: 'leadline validate' } });
  const [metric] = sent['/otlp/v1/metrics'].resourceMetrics[0].scopeMetrics[0].metrics;
  expect(metric).toMatchObject({
    name: 'leadline.validate',
    gauge: { dataPoints: [{ asInt: '1' }] },
  });
});

test('answers in JSON', async () => {
  const { json } = await validate({}, ' --json');
  expect(json).toMatchObject({ valid: true, token: 'ONEUPTIME_TOKEN' });
  expect(json.answers).toHaveLength(4);
});

test('sends nothing with a token that is not good, and does not show it', async () => {
  const { code, all } = await validate({ ONEUPTIME_TOKEN: 'wrong-token-4711' });
  expect(code).toBe(1);
  expect(all).toContain('problem  token');
  expect(all).toContain('401');
  expect(all).toContain('Telemetry Ingestion Keys');
  expect(all).not.toContain('4711');
  expect(oneuptime.standIn.signals).toEqual([]);
});

test.each([
  ['a 413', { status: 413 }, /problem {2}metrics {2}413/],
  ['silence', {}, /problem {2}metrics {2}--- .* no answer within 500 ms/],
])(
  'a signal that gets %s is a problem, the others are still said, and none is sent twice',
  async (_what, fault, line) => {
    oneuptime.standIn.fail({ method: 'POST', path: /v1\/metrics/, ...fault });
    const { code, out } = await validate();
    expect(code).toBe(1);
    expect(out).toMatch(line);
    expect(out).toContain('ok       logs     200');
    const sent = oneuptime.standIn.requests.filter(({ path }) => path.endsWith('/metrics'));
    expect(sent).toHaveLength(1);
  },
);

test('an answer that quotes the token is shown without it', async () => {
  const { token } = oneuptime.standIn;
  const message = `thanks for ${token}`;
  oneuptime.standIn.fail({ method: 'POST', path: /v1\/metrics/, status: 200, message });
  oneuptime.standIn.fail({ method: 'POST', path: /v1\/traces/, status: 403, message });
  const { all } = await validate();
  expect(all).toMatch(/ok {7}metrics {2}200 {2}.*thanks for \*\*\*/);
  expect(all).toContain('403 to POST /otlp/v1/traces: thanks for ***');
  expect(all).not.toContain(token);
});

test('reads the token from the SSM parameter of the stage', async () => {
  const ssm = await startAwsApi({ body: { Parameter: { Value: `${oneuptime.standIn.token}\n` } } });
  useAws(ssm.endpoint);
  const { code, out } = await validate({ ONEUPTIME_TOKEN: '' });
  expect(code).toBe(0);
  expect(out).toContain('with the token of the SSM parameter /leadline/dev/oneuptime-token');
  expect(ssm.calls[0]?.input).toEqual({
    Name: '/leadline/dev/oneuptime-token',
    WithDecryption: true,
  });
});

test('says what to set where there is no token', async () => {
  const body = { __type: 'ParameterNotFound', message: 'not there' };
  const ssm = await startAwsApi({ status: 400, body });
  useAws(ssm.endpoint);
  const { code, err } = await validate({ ONEUPTIME_TOKEN: '' });
  expect(code).toBe(1);
  expect(err).toContain('ONEUPTIME_TOKEN is not set');
  expect(err).toContain('/leadline/dev/oneuptime-token cannot be read (ParameterNotFound');
});

test('an endpoint without /otlp is refused: the signals would go nowhere', async () => {
  const { code, err } = await validate({ ONEUPTIME_ENDPOINT: 'https://oneuptime.example' });
  expect(code).toBe(2);
  expect(err).toContain('give its OTLP base, as https://oneuptime.com/otlp');
});

test.each([
  ['https://me:4711@oneuptime.example/otlp', 'https://***@oneuptime.example/otlp'],
  ['https://me:47@11/4711@oneuptime.example/otlp', 'https://***@oneuptime.example/otlp'],
  ['https://4711@oneuptime.example/otlp', 'https://***@oneuptime.example/otlp'],
  ['https://:4711@oneuptime.example/otlp', 'https://***@oneuptime.example/otlp'],
  ['me:4711@oneuptime.example/otlp', '***@oneuptime.example/otlp'],
  ['https://oneuptime.example/?key=4711/otlp', 'https://oneuptime.example/?***'],
])(
  'an endpoint with a secret in it, as %s, is refused and shown without',
  async (endpoint, shown) => {
    const { code, all } = await validate({ ONEUPTIME_ENDPOINT: endpoint });
    expect(code).toBe(2);
    expect(all).toContain(`The endpoint of OneUptime is "${shown}"; give`);
    expect(all).not.toContain('4711');
  },
);

test('apply --write-parameter stores the heartbeat URL as a SecureString, and does not print it', async () => {
  const ssm = await startAwsApi({ body: { Version: 1 } });
  useAws(ssm.endpoint);
  const { code, all } = await oneuptime.leadline('apply --write-parameter /leadline/dev/heartbeat');
  expect(code).toBe(0);
  const [call] = ssm.calls;
  expect(call?.target).toBe('AmazonSSM.PutParameter');
  const { Value, ...rest } = call?.input ?? {};
  expect(rest).toEqual({ Name: '/leadline/dev/heartbeat', Type: 'SecureString', Overwrite: true });
  expect(Value).toMatch(`${oneuptime.standIn.origin}/heartbeat/`);
  expect(all).not.toContain(String(Value).split('/').at(-1));
  expect(all).toContain('oneuptime.heartbeatUrlParameter');
});

test('a parameter that cannot be written ends with 1 once the records are made', async () => {
  const ssm = await startAwsApi({
    status: 400,
    body: { __type: 'AccessDeniedException', message: 'no ssm:PutParameter' },
  });
  useAws(ssm.endpoint);
  const { code, json } = await oneuptime.leadline('apply --json --write-parameter /a');
  expect(code).toBe(1);
  expect(json.applied).toHaveLength(10);
  expect(json.error).toContain('The parameter /a cannot be written (AccessDeniedException');
});

test('a refusal of SSM that quotes the URL is shown without it', async () => {
  const ssm = await startAwsApi({ body: { Version: 1 } });
  useAws(ssm.endpoint);
  await oneuptime.leadline('apply --write-parameter /a');
  const url = String(ssm.calls[0]?.input['Value']);
  const message = `1 validation error: value '${url}' at 'value'`;
  ssm.answer({ status: 400, body: { __type: 'ValidationException', message } });
  const { code, all } = await oneuptime.leadline('apply --write-parameter /a');
  expect(code).toBe(1);
  expect(all).toContain("(ValidationException: 1 validation error: value '***' at 'value')");
  expect(all).not.toContain(url);
});

test.each([
  ['/leadline/dev/oneuptime-token', 'tokenParameter'],
  ['/leadline/dev/health-token', 'healthTokenParameter'],
])('--write-parameter %s would overwrite that token', async (name, setting) => {
  const ssm = await startAwsApi({ body: { Version: 1 } });
  useAws(ssm.endpoint);
  const { code, err } = await oneuptime.leadline(`apply --write-parameter ${name}`);
  expect(code).toBe(2);
  expect(err).toContain(`which is oneuptime.${setting}: the token in it would be lost`);
  expect(ssm.calls).toEqual([]);
  expect(oneuptime.standIn.requests).toEqual([]);
});

test('--write-parameter wants a name that the stack takes too', async () => {
  const { code, err } = await oneuptime.leadline('apply --write-parameter heartbeat');
  expect(code).toBe(2);
  expect(err).toContain('a name that begins with "/"');
  expect(oneuptime.standIn.requests).toEqual([]);
});

function useAws(endpoint: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
}
