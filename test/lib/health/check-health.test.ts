import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AskedMetric, everyPeriod, type Point } from '../../support/aws-stand-in/aws-world.ts';
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

it('no worker is stalled by a CloudWatch that throttles, and a warning says so', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { aws, health, lines } = await startOne();
  aws.fail('GetMetricData', 'throttle');
  expect(await health()).toMatchObject({ status: 200 });
  expect(lines.join('')).toContain('CloudWatch could not be read');
});

it('503 where nobody may read CloudWatch: no stalled worker would ever be found', async () => {
  const { aws, health } = await startOne();
  aws.fail('GetMetricData', 'deny');
  const reason = 'CloudWatch cannot be read: AccessDeniedException';
  expect((await health()).body.checks.workers).toMatchObject({ status: 'unhealthy', reason });
});

it('503 where nobody may list the workers, and where the queues are not listed', async () => {
  const { aws, health, restart } = await startOne();
  aws.fail('ListEventSourceMappings', 'deny');
  expect((await health({ check: 'workers' })).body.checks.workers).toMatchObject({
    status: 'unhealthy',
    reason: 'The workers cannot be listed: AccessDeniedException',
  });
  restart();
  aws.fail('ListQueues', 'deny');
  expect(await health({ check: 'workers' })).toMatchObject({
    status: 503,
    body: {
      checks: { workers: { reason: 'The queues cannot be listed: AccessDeniedException' } },
    },
  });
});

/** What CloudWatch has of a queue whose worker does nothing: no other answer will do. */
function stalledFigures({ metric, of, stat, fromMs }: AskedMetric): Point[] {
  const minutes = everyPeriod((timeMs) => timeMs / 60_000);
  // The lag and the five minutes: asked for earlier, something was deleted.
  const since = Date.now() - 9 * 60_000;
  if (metric === 'ApproximateNumberOfMessagesVisible' && of === 'app-a' && stat === 'Minimum') {
    return minutes({ metric, of, stat, fromMs, toMs: Date.now(), periodMs: 60_000 });
  }
  const isAsked =
    (metric === 'NumberOfMessagesDeleted' && of === 'app-a' && stat === 'Sum') ||
    (metric === 'Invocations' && of === 'process-a' && stat === 'Sum');
  return isAsked && fromMs > since ? [] : [{ timeMs: Date.now(), value: 1 }];
}

it('asks for the queue and its worker by name, for 5 minutes before the last 3', async () => {
  const { aws, health } = await startOne();
  aws.metrics.datapoints = stalledFigures;
  expect((await health()).body.checks.workers).toMatchObject({
    reason: 'a: messages wait and its worker is not invoked',
  });
  const [first] = aws.metricsAsked;
  expect(Date.now() - (first?.fromMs ?? 0)).toBeGreaterThanOrEqual(8 * 60_000);
});

it('asks CloudWatch once a minute, and of a queue that moves for one metric', async () => {
  const { aws, health } = await startOne();
  aws.metrics.datapoints = everyPeriod(0);
  const start = Date.now();
  for (let probe = 0; probe < 12; probe += 1) {
    vi.useFakeTimers({ toFake: ['Date'], now: start + probe * 10_000 });
    expect(await health()).toMatchObject({ status: 200 });
  }
  expect(aws.metricsAsked).toHaveLength(2);
});

describe('50 workers', () => {
  async function startFifty() {
    const { aws, ...rest } = await startHealth();
    for (let index = 0; index < 50; index += 1) {
      aws.queues.set(`app-${index}`, {});
      aws.functions.set(`process-${index}`, 'Active');
      aws.mappings.push({ uuid: `m-${index}`, queue: `app-${index}`, worker: `process-${index}` });
    }
    return { aws, ...rest };
  }

  it('are healthy within 3 s, as many as Lambda may be asked for', async () => {
    const { health } = await startFifty();
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body.checks.workers).toMatchObject({ status: 'healthy', of: 50 });
    expect(body.checks.workers?.checked).toBeGreaterThan(5);
    expect(body.checks.workers?.duration_ms).toBeLessThan(3_500);
  });

  it('are all looked at in time: one that is disabled is found, and stays found', async () => {
    const { aws, health } = await startFifty();
    Object.assign(aws.mappings[49] ?? {}, { state: 'Disabled' });
    const start = Date.now();
    const statuses: (number | undefined)[] = [];
    for (let probe = 0; probe < 6; probe += 1) {
      vi.useFakeTimers({ toFake: ['Date'], now: start + probe * 10_000 });
      statuses.push((await health()).status);
    }
    const found = statuses.indexOf(503);
    expect(found).toBeGreaterThanOrEqual(0);
    expect(statuses.slice(found)).toEqual(statuses.slice(found).map(() => 503));
  }, 60_000);
});

it.each(['throttle', 'error', 'reset'] as const)(
  'Lambda that answers with %s leaves a worker unknown, which is not unhealthy',
  async (fault) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { aws, health } = await startOne();
    aws.fail('GetEventSourceMapping', fault);
    expect(await health()).toMatchObject({
      status: 200,
      body: {
        status: 'healthy',
        checks: { workers: { status: 'unknown', reason: 'Lambda does not answer.', of: 1 } },
      },
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
  ['a queue that hangs', 'GetQueueAttributes', 'a: ReadTimeout'],
  ['a list that hangs', 'ListQueues', 'The queues cannot be listed: ReadTimeout'],
] as const)('answers for %s after 2 s', async (_, action, reason) => {
  const { aws, health } = await startOne();
  aws.fail(action, 'hang');
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  let answered = false;
  const asking = health({ check: 'broker' }).finally(() => {
    answered = true;
  });
  await until(() => aws.count(action) === 1);
  await vi.advanceTimersByTimeAsync(1_900);
  expect(answered).toBe(false);
  await vi.advanceTimersByTimeAsync(110);
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
