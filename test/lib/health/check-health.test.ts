import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { everyPeriod } from '../../support/aws-stand-in/aws-world.ts';
import { until } from '../../support/until.ts';
import { startHealth } from './start-health.ts';

afterEach(() => void vi.useRealTimers());

/** One queue with its worker, all well. */
async function startOne(options: Parameters<typeof startHealth>[0] = {}) {
  const health = await startHealth(options);
  health.aws.queues.set('app-a', { visible: 5 });
  health.aws.mappings.push({ uuid: 'm-a', queue: 'app-a', worker: 'process-a' });
  health.aws.functions.set('process-a', 'Active');
  return health;
}

it('200 with every check, its duration and the version', async () => {
  const { health, flushes } = await startOne({ version: '1.2.3' });
  expect(await health()).toEqual({
    status: 200,
    body: {
      status: 'healthy',
      checks: {
        broker: { status: 'healthy', checked: 1, of: 1, duration_ms: expect.any(Number) },
        workers: { status: 'healthy', checked: 1, of: 1, duration_ms: expect.any(Number) },
        telemetry: {
          status: 'unknown',
          reason: 'Nothing was exported yet.',
          duration_ms: expect.any(Number),
        },
      },
      version: '1.2.3',
    },
  });
  expect(flushes()).toBe(1);
});

it('503 with the queue and why, when a queue does not answer', async () => {
  const { aws, health, lines } = await startOne();
  aws.queues.set('app-b', {});
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-b' });
  const { status, body } = await health();
  expect(status).toBe(503);
  expect(body.status).toBe('unhealthy');
  expect(body.checks.broker).toMatchObject({
    status: 'unhealthy',
    reason: 'b: AccessDeniedException',
    checked: 2,
    of: 2,
  });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    message: 'unhealthy',
    'health.broker': 'b: AccessDeniedException',
  });
});

it('503 when there is no queue, and when they cannot be listed', async () => {
  const { aws, health, restart } = await startHealth();
  expect(await health()).toMatchObject({
    status: 503,
    body: { checks: { broker: { reason: 'There is no queue.' } } },
  });
  restart();
  aws.fail('ListQueues', 'deny');
  expect(await health()).toMatchObject({
    status: 503,
    body: { checks: { broker: { reason: 'The queues cannot be listed: AccessDeniedException' } } },
  });
});

it('says of how many queues it tells the first reasons', async () => {
  const { aws, health } = await startHealth();
  for (let index = 0; index < 8; index += 1) aws.queues.set(`app-${index}`, {});
  aws.fail('GetQueueAttributes', 'deny');
  const { body } = await health();
  expect(body.checks.broker?.reason).toMatch(/^0: Acc.*; 4: AccessDeniedException; and 3 more$/);
});

it.each([
  ['Disabled', 'Active', 'a: its event source mapping is Disabled'],
  ['Disabling', 'Active', 'a: its event source mapping is Disabling'],
  ['Enabled', 'Failed', 'a: its function is Failed'],
  ['Enabled', 'Pending', 'a: its function is Pending'],
  ['Enabled', undefined, 'a: its worker cannot be read: ResourceNotFoundException'],
])('503 where the mapping is %s and the function %s', async (mapping, state, reason) => {
  const { aws, health } = await startOne();
  Object.assign(aws.mappings[0] ?? {}, { state: mapping });
  if (state === undefined) aws.functions.delete('process-a');
  else aws.functions.set('process-a', state);
  expect(await health()).toMatchObject({
    status: 503,
    body: { checks: { broker: { status: 'healthy' }, workers: { status: 'unhealthy', reason } } },
  });
});

it.each([
  ['Enabling', 'Active'],
  ['Updating', 'Active'],
  ['Enabled', 'Inactive'],
])('200 where the mapping is %s and the function %s', async (mapping, state) => {
  const { aws, health } = await startOne();
  Object.assign(aws.mappings[0] ?? {}, { state: mapping });
  aws.functions.set('process-a', state);
  expect(await health()).toMatchObject({ status: 200 });
});

it('503 where messages wait for 5 minutes and nobody works; at work or idle it is 200', async () => {
  const { aws, health, restart } = await startOne();
  aws.metrics.datapoints = (asked) =>
    asked.metric === 'ApproximateNumberOfMessagesVisible' ? everyPeriod(5)(asked) : [];
  expect(await health()).toMatchObject({
    status: 503,
    body: { checks: { workers: { reason: 'a: messages wait and its worker is not invoked' } } },
  });
  restart();
  aws.metrics.datapoints = everyPeriod(5);
  expect(await health()).toMatchObject({ status: 200 });
  restart();
  // Idle: CloudWatch is not even asked.
  aws.queues.set('app-a', { visible: 0 });
  const asked = aws.count('GetMetricData');
  expect(await health()).toMatchObject({ status: 200 });
  expect(aws.count('GetMetricData')).toBe(asked);
});

it.each(['deny', 'throttle'] as const)(
  'no worker is stalled by a CloudWatch that answers with %s',
  async (fault) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { aws, health } = await startOne();
    aws.fail('GetMetricData', fault);
    expect(await health()).toMatchObject({ status: 200 });
  },
);

it.each(['throttle', 'error', 'reset'] as const)(
  'Lambda that answers with %s leaves a worker unknown, which is not unhealthy',
  async (fault) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { aws, health } = await startOne();
    aws.fail('GetEventSourceMapping', fault);
    expect(await health()).toMatchObject({
      status: 200,
      body: { checks: { workers: { status: 'healthy', checked: 0, of: 1 } } },
    });
  },
);

it('a worker that is unknown is the first to be asked for the next time', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { aws, health } = await startOne();
  aws.queues.set('app-b', {});
  aws.mappings.push({ uuid: 'm-b', queue: 'app-b', worker: 'process-b' });
  aws.functions.set('process-b', 'Active');
  aws.fail('GetEventSourceMapping', 'throttle', { of: 'm-b' });
  expect((await health()).body.checks.workers).toMatchObject({ checked: 1, of: 2 });
  aws.mend('GetEventSourceMapping');
  const before = aws.calls.length;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  expect((await health()).body.checks.workers).toMatchObject({ checked: 2, of: 2 });
  const asked = aws.calls.slice(before).filter(({ action }) => action === 'GetEventSourceMapping');
  expect(asked.map(({ subject }) => subject)).toEqual(['m-b', 'm-a']);
});

it('telemetry is for information: a failed export is told and changes nothing', async () => {
  const { exported, health, restart } = await startOne();
  exported({ timeMs: Date.UTC(2026, 2, 1), failure: 'http_503' });
  expect(await health()).toMatchObject({
    status: 200,
    body: {
      checks: {
        telemetry: {
          status: 'unhealthy',
          reason: 'http_503',
          last_export: '2026-03-01T00:00:00.000Z',
        },
      },
    },
  });
  restart();
  exported({ timeMs: Date.UTC(2026, 2, 1) });
  const { body } = await health();
  expect(body.checks.telemetry).not.toHaveProperty('reason');
});

it.each([
  ['broker', ['ListQueues', 'ListEventSourceMappings', 'GetQueueAttributes']],
  ['telemetry', []],
])('?check=%s asks for that check alone', async (check, actions) => {
  const { aws, health } = await startOne();
  const { status, body } = await health({ check });
  expect(status).toBe(200);
  expect(Object.keys(body.checks)).toEqual([check]);
  expect(new Set(aws.calls.map(({ action }) => action))).toEqual(new Set(actions));
});

it('?check=workers does not fail for a queue of which only the broker would tell', async () => {
  const { aws, health } = await startOne();
  aws.fail('GetQueueAttributes', 'deny');
  expect(await health({ check: 'workers' })).toMatchObject({ status: 200 });
  expect(await health({ check: 'broker' })).toMatchObject({ status: 503 });
});

it('an answer is good for 10 s, also when probes come at the same time', async () => {
  const { aws, health } = await startOne();
  await Promise.all([health(), health()]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 9_000 });
  await health();
  expect(aws.count('GetQueueAttributes')).toBe(1);
  vi.setSystemTime(Date.now() + 1_000);
  await health();
  expect(aws.count('GetQueueAttributes')).toBe(2);
});

it('over 50 queues it looks at the next 50 each time, and says so', async () => {
  const { aws, health } = await startHealth();
  for (let index = 0; index < 120; index += 1) aws.queues.set(`app-${index}`, {});
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const round of [1, 2, 3]) {
    const { body } = await health();
    expect(body.checks.broker).toMatchObject({ checked: 50, of: 120 });
    expect(aws.count('GetQueueAttributes')).toBe(50 * round);
    vi.setSystemTime(Date.now() + 10_000);
  }
  const seen = aws.calls.filter(({ action }) => action === 'GetQueueAttributes');
  expect(new Set(seen.map(({ subject }) => subject)).size).toBe(120);
});

it.each([
  ['a queue that hangs after 2 s', 'GetQueueAttributes', 2_000, 'a: ReadTimeout'],
  ['a list that hangs after 3 s', 'ListQueues', 3_000, 'No answer within 3000 ms.'],
] as const)('answers for %s', async (_, action, ms, reason) => {
  const { aws, health } = await startOne();
  aws.fail(action, 'hang');
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  let answered = false;
  const asking = health({ check: 'broker' }).finally(() => {
    answered = true;
  });
  await until(() => aws.count(action) === 1);
  await vi.advanceTimersByTimeAsync(ms - 10);
  expect(answered).toBe(false);
  await vi.advanceTimersByTimeAsync(11);
  expect(await asking).toMatchObject({ status: 503, body: { checks: { broker: { reason } } } });
});

it('a reason holds none of what AWS says: no ARN, no account, no token', async () => {
  const { aws, health, restart } = await startOne();
  const secret = fc.constantFrom(
    'arn:aws:sqs:eu-west-1:123456789012:app-a',
    'arn:aws:sts::123456789012:assumed-role/health/x',
    '123456789012',
    'FwoGZXIvYXdzEBYaDK3y',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/app-a',
  );
  const message = fc.tuple(fc.string(), secret, fc.string()).map((parts) => parts.join(' '));
  const action = fc.constantFrom(
    'ListQueues',
    'GetQueueAttributes',
    'GetEventSourceMapping',
    'GetFunctionConfiguration',
    'GetMetricData',
  );
  const type = fc.constantFrom('AccessDeniedException', 'InvalidClientTokenId', 'KmsDisabled');
  await fc.assert(
    fc.asyncProperty(action, type, message, async (failing, errorType, text) => {
      restart();
      aws.fail(failing, { status: 400, type: errorType, message: text });
      const answer = JSON.stringify(await health());
      aws.mend(failing);
      if (failing !== 'GetMetricData') expect(answer).toContain(errorType);
      expect(answer).not.toMatch(/arn:|\d{12}|FwoGZ|https:/);
    }),
    { numRuns: 40 },
  );
});
