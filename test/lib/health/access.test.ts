import { timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { checkAccess } from '../../../lib/health/access.ts';
import { bodyOf, startHealth } from './start-health.ts';

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

const TOKEN = 't0k3n';

async function start(token?: Parameters<typeof startHealth>[0]) {
  const health = await startHealth(token);
  health.aws.queues.set('app-a', { visible: 5 });
  return health;
}

it.each([
  ['Bearer t0k3n', 200],
  ['bearer t0k3n', 200],
  ['Bearer  t0k3n', 200],
  [undefined, 401],
  ['', 401],
  ['t0k3n', 401],
  ['Basic t0k3n', 401],
  ['Bearer', 401],
  ['Bearer ', 401],
  ['Bearer t0k3', 401],
  ['Bearer t0k3n1', 401],
  ['Bearer T0K3N', 401],
  ['Bearer none', 401],
])('with a token set, Authorization %j is answered with %i', async (authorization, status) => {
  const { aws, ask } = await start({ token: { value: TOKEN } });
  for (const path of ['/health', '/metrics']) {
    const response = await ask(path, authorization === undefined ? {} : { authorization });
    expect(response.statusCode).toBe(status);
    if (status === 401) {
      expect(response.headers).toMatchObject({ 'www-authenticate': 'Bearer' });
      expect(response.body).not.toContain('healthy');
    }
  }
  if (status === 401) expect(aws.calls).toEqual([]);
});

it('without a token /health says its status alone, and /metrics nothing', async () => {
  const { aws, ask, restart } = await start({ token: { value: '' } });
  expect(bodyOf(await ask('/health')).body).toEqual({ status: 'healthy' });
  expect(await ask('/metrics')).toMatchObject({ statusCode: 401 });
  const authorization = 'Bearer ';
  expect(await ask('/metrics', { authorization })).toMatchObject({ statusCode: 401 });
  restart();
  aws.fail('GetQueueAttributes', 'deny');
  const response = await ask('/health');
  expect(response.statusCode).toBe(503);
  expect(bodyOf(response).body).toEqual({ status: 'unhealthy' });
});

it('none opens both', async () => {
  const { ask } = await start({ token: 'none' });
  expect(bodyOf(await ask('/health')).body).toHaveProperty('checks');
  expect(await ask('/metrics')).toMatchObject({ statusCode: 200 });
});

it('a token in SSM is read once, and the newline at its end is no part of it', async () => {
  const { aws, ask } = await start({ token: { parameter: '/app/health' } });
  aws.parameters.set('/app/health', `${TOKEN}\n`);
  const authorization = `Bearer ${TOKEN}`;
  expect(await ask('/health', { authorization })).toMatchObject({ statusCode: 200 });
  expect(await ask('/metrics', { authorization })).toMatchObject({ statusCode: 200 });
  expect(await ask('/health')).toMatchObject({ statusCode: 401 });
  expect(aws.count('GetParameter', '/app/health')).toBe(1);
});

it('a parameter that holds "none" is a token like another, and opens nothing', async () => {
  const { aws, ask } = await start({ token: { parameter: '/app/health' } });
  aws.parameters.set('/app/health', 'none');
  expect(await ask('/metrics')).toMatchObject({ statusCode: 401 });
});

it('a token that cannot be read closes both with 503, and is read again', async () => {
  const { aws, ask, lines } = await start({ token: { parameter: '/app/health' } });
  const authorization = `Bearer ${TOKEN}`;
  for (const path of ['/health', '/metrics']) {
    const response = await ask(path, { authorization });
    expect(response.statusCode).toBe(503);
    expect(response.body).toBe('{"detail":"The token could not be read."}');
  }
  expect(aws.count('GetQueueAttributes')).toBe(0);
  expect(lines.join()).toContain('"error.type":"ParameterNotFound"');
  aws.parameters.set('/app/health', TOKEN);
  expect(await ask('/health', { authorization })).toMatchObject({ statusCode: 200 });
});

it('only the token itself is granted access, compared in constant time at one length', async () => {
  const compare = vi.mocked(timingSafeEqual);
  // What a header can hold, without the spaces that separate it from its scheme.
  const text = fc.stringMatching(/^[!-~]{1,40}$/);
  const attempt = fc.tuple(text, text, fc.boolean());
  await fc.assert(
    fc.asyncProperty(attempt, async ([token, other, knowsIt]) => {
      compare.mockClear();
      const given = knowsIt ? token : other;
      const access = await checkAccess(async () => token, `Bearer ${given}`);
      expect(access).toBe(given === token ? 'granted' : 'refused');
      expect(compare).toHaveBeenCalledTimes(1);
      const [a, b] = compare.mock.calls[0] ?? [];
      expect(a?.byteLength).toBe(b?.byteLength);
    }),
  );
});
