import { expect, it } from 'vitest';
import { bodyOf, startHealth } from './start-health.ts';

async function start() {
  const health = await startHealth();
  health.aws.queues.set('app-a', { visible: 5 });
  return health;
}

it.each(['/health', '/metrics'])('HEAD %s is GET without its body', async (path) => {
  const { ask } = await start();
  const { body: _, ...get } = await ask(path);
  expect(await ask(path, { method: 'HEAD' })).toEqual({ ...get, body: '' });
});

it('HEAD /health tells of what is unhealthy by its status', async () => {
  const { aws, ask } = await start();
  aws.fail('GetQueueAttributes', 'deny');
  expect(await ask('/health', { method: 'HEAD' })).toMatchObject({ statusCode: 503, body: '' });
});

it.each(['/prod/health', '/prod/metrics'])('finds %s behind a stage', async (path) => {
  const { ask } = await start();
  expect(await ask(path)).toMatchObject({ statusCode: 200 });
});

it.each(['/', '/healthy', '/health/x', '/tasks'])('404 for %s', async (path) => {
  const { ask, aws } = await start();
  expect(await ask(path)).toMatchObject({
    statusCode: 404,
    body: '{"detail":"Try /health or /metrics."}',
  });
  expect(aws.calls).toEqual([]);
});

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('405 for %s', async (method) => {
  const { ask, aws } = await start();
  for (const path of ['/health', '/metrics']) {
    expect(await ask(path, { method })).toMatchObject({
      statusCode: 405,
      headers: { allow: 'GET, HEAD' },
    });
  }
  expect(aws.calls).toEqual([]);
});

it.each(['queues', '', 'broker,workers', '__proto__'])('400 for ?check=%s', async (check) => {
  const { ask, aws } = await start();
  const response = await ask('/health', { query: { check } });
  expect(response.statusCode).toBe(400);
  expect(bodyOf(response).body).toEqual({
    detail: 'There is no such check; use one of broker, workers, telemetry.',
  });
  expect(aws.calls).toEqual([]);
});

it('answers are for nobody to keep', async () => {
  const { ask } = await start();
  for (const path of ['/health', '/metrics', '/']) {
    expect((await ask(path)).headers).toMatchObject({ 'cache-control': 'no-store' });
  }
});

it('an event that is no HTTP event fails, and is flushed all the same', async () => {
  const { flushes, ask } = await start();
  await expect(ask(undefined as never)).rejects.toThrow();
  expect(flushes()).toBe(1);
});
