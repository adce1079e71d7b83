import { expect, it } from 'vitest';
import { type OtlpBackend, respond, startBackend } from '../lib/telemetry/otlp-backend.ts';
import { type AwsApi, startAwsApi } from './aws-api.ts';
import { startService, type TelemetryService, useBundles } from './telemetry-service.ts';

const bundles = useBundles('scripted');
const SECRET = 'c0ffee00-1111-4222-8333-444455556666';
const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:leadline';
const parameter = (value: string) => ({ body: { Parameter: { Value: value } } });
const secret = (value: string) => ({ body: { SecretString: value } });

function start(backend: OtlpBackend, environment: Record<string, string>): TelemetryService {
  return startService({
    bundleDirectory: bundles(),
    bundle: 'scripted',
    environment: { ONEUPTIME_ENDPOINT: backend.endpoint, ...environment },
  });
}

const fromParameter = ({ endpoint }: AwsApi) => ({
  ONEUPTIME_TOKEN_PARAMETER: '/leadline/token',
  AWS_ENDPOINT_URL_SSM: endpoint,
});

/** Everything that can be seen from outside but the header itself. */
function expectNowhere(token: string, service: TelemetryService, backend: OtlpBackend): void {
  const { store } = backend;
  const seen = { output: service.output, spans: store.spans(), logs: store.logs() };
  const text = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each));
  expect(text({ ...seen, points: store.points() })).not.toContain(token);
}

it.for(['environment', 'parameter', 'secret'] as const)(
  'from the %s: sent with every request, and shown nowhere, not even by the SDK’s debug log',
  async (source) => {
    const backend = await startBackend();
    const api = await startAwsApi(source === 'secret' ? secret(`${SECRET}\n`) : parameter(SECRET));
    const settings = {
      environment: { ONEUPTIME_TOKEN: SECRET },
      parameter: fromParameter(api),
      secret: {
        ONEUPTIME_TOKEN_SECRET_ARN: ARN,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: api.endpoint,
      },
    };
    const service = start(backend, { ...settings[source], OTEL_LOG_LEVEL: 'ALL' });
    for (const name of ['one', 'two', 'three']) await service.run({ name, fail: true });
    await service.run({ throwAtOnce: true });
    expect(backend.store.spans()).toHaveLength(3);
    for (const { headers } of backend.requests) expect(headers['x-oneuptime-token']).toBe(SECRET);
    expectNowhere(SECRET, service, backend);
    const calls = {
      environment: [],
      parameter: [
        {
          target: 'AmazonSSM.GetParameter',
          input: { Name: '/leadline/token', WithDecryption: true },
        },
      ],
      secret: [{ target: 'secretsmanager.GetSecretValue', input: { SecretId: ARN } }],
    };
    // Once: it is cached.
    expect(api.calls).toEqual(calls[source]);
  },
);

it('is read while the handler runs, and its answer comes without it', async () => {
  const backend = await startBackend();
  const api = await startAwsApi(undefined);
  const service = start(backend, fromParameter(api));
  const invoked = service.invoke({ name: 'work', workMs: 2_500 });
  await expect.poll(() => api.calls.length, { timeout: 2_400 }).toBe(1);
  api.answer(parameter(SECRET));
  expect((await invoked).payload).toBe('"work"');
});

it('a read that hangs holds the flush within its bound and no caller; nothing is lost', async () => {
  const backend = await startBackend();
  const api = await startAwsApi(undefined);
  const service = start(backend, fromParameter(api));
  const { responseMs, billedMs, status } = await service.run({ name: 'one' });
  expect(status).toBe('success');
  expect(responseMs).toBeLessThan(1_500);
  expect(billedMs).toBeLessThan(4_000);
  api.answer(parameter(SECRET));
  await service.run({ name: 'two' });
  expect(backend.store.spans().map(({ name }) => name)).toEqual(['one', 'two']);
  expect(backend.store.logs()).toHaveLength(2);
  const warnings = service.output.filter((line) => line.includes('WARN'));
  expect(warnings).toEqual([expect.stringContaining('Telemetry export failed: token')]);
});

it('one that may not be read is a warning, and no reason to fail', async () => {
  const backend = await startBackend();
  const api = await startAwsApi({
    status: 400,
    body: { __type: 'AccessDeniedException', message: 'not authorized' },
  });
  const service = start(backend, fromParameter(api));
  for (const name of ['one', 'two']) {
    expect(await service.run({ name })).toMatchObject({ status: 'success' });
  }
  expect(backend.requests).toEqual([]);
  expect(service.output.filter((line) => line.includes('WARN'))).toHaveLength(1);
});

it('after a 401 it is read again, and no signal loses anything', async () => {
  const backend = await startBackend((request, response, take) => {
    if (request.headers['x-oneuptime-token'] === 'new-token') take();
    else respond(401, '{"message":"Invalid token"}')(request, response, take);
  });
  const api = await startAwsApi(parameter('old-token'));
  const service = start(backend, fromParameter(api));
  await service.run({ name: 'one' });
  expect(backend.requests).toHaveLength(3);
  expect(backend.store.spans()).toEqual([]);
  api.answer(parameter('new-token'));
  await service.run({ name: 'two' });
  expect(api.calls).toHaveLength(2);
  expect(backend.store.spans().map(({ name }) => name)).toEqual(['one', 'two']);
  expect(backend.store.logs()).toHaveLength(2);
  expect(backend.store.points().map(({ value }) => value)).toEqual([1, 1]);
  for (const token of ['old-token', 'new-token']) expectNowhere(token, service, backend);
});

it('a token that stays refused is read again once a minute at most', async () => {
  const backend = await startBackend(401);
  const api = await startAwsApi(parameter('old-token'));
  const service = start(backend, fromParameter(api));
  for (let count = 0; count < 5; count += 1) await service.run();
  expect(api.calls).toHaveLength(2);
});
