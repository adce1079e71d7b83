import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, type Task } from '../../../lib/index.ts';
import type { Gauge } from '../../../lib/instrumentation/telemetry-handle.ts';
import { createQueueDepthHandler } from '../../../lib/queue-depth.ts';
import { everyPeriod } from '../../support/aws-stand-in/aws-world.ts';
import { until } from '../../support/until.ts';
import { startDepth } from './start-depth.ts';

// The test's clock does not reach this module by itself.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

/** A minute at which everything is asked of CloudWatch. */
const NOON = '2026-03-01T12:00:00.000Z';
const noonMs = Date.parse(NOON);
const atMinute = (minute: number) => ({ time: new Date(noonMs + minute * 60_000).toISOString() });

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'],
    now: noonMs + 1_000,
  });
});
afterEach(() => void vi.useRealTimers());

async function startOne(options: Parameters<typeof startDepth>[0] = {}) {
  const depth = await startDepth(options);
  depth.aws.queues.set('app-a', { visible: 3 });
  depth.aws.metrics.datapoints = everyPeriod(2);
  return depth;
}

/** The times of a metric's points, in seconds after noon, in the order of their export. */
const seconds = ({ points }: Awaited<ReturnType<typeof startDepth>>, metric: string) =>
  points(metric).map(
    ({ timeUnixNano }) => Number(timeUnixNano / 1_000_000n - BigInt(noonMs)) / 1e3,
  );

it('a run sends depth of now and CloudWatch figures of their own minutes, in one flush', async () => {
  const depth = await startOne();
  await depth.run(atMinute(0));
  expect(depth.flushes()).toBe(1);
  expect(seconds(depth, 'queue.depth')).toEqual([1]);
  expect(seconds(depth, 'queue.oldest_message.age')).toEqual([-240]);
  expect(seconds(depth, 'queue.messages.sent')).toEqual([-480, -420, -360, -300, -240]);
  const metricRequests = depth.backend.requests.filter(({ path }) => path.endsWith('/metrics'));
  expect(metricRequests).toHaveLength(1);
  expect(metricRequests[0]?.headers['content-encoding']).toBe('gzip');
});

it('is a span of its function, with its invocation, and cold once', async () => {
  const { run, backend } = await startOne();
  await run(atMinute(0));
  await run(atMinute(1));
  const coldStarts = backend.store.spans().map(({ attributes }) => attributes['faas.coldstart']);
  expect(coldStarts).toEqual([true, false]);
  expect(backend.store.spans()[0]).toMatchObject({
    kind: 'SERVER',
    attributes: { 'faas.trigger': 'timer' },
  });
});

it('over ten runs every minute of every figure is sent once and in order', async () => {
  const depth = await startOne();
  for (let minute = 0; minute <= 10; minute += 1) {
    await depth.run(atMinute(minute));
    await vi.advanceTimersByTimeAsync(60_000);
  }
  for (const metric of ['queue.messages.deleted', 'queue.oldest_message.age']) {
    const times = seconds(depth, metric);
    expect(times.length).toBeGreaterThanOrEqual(11);
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 60));
  }
});

it('RESOLUTION_SECONDS 20: three samples in one invocation, a flush each, CloudWatch once', async () => {
  const depth = await startOne({ resolutionSeconds: 20 });
  const running = depth.run(atMinute(0), 90_000);
  for (const flush of [1, 2]) {
    await until(() => depth.flushes() === flush);
    await vi.advanceTimersByTimeAsync(20_000);
  }
  await running;
  expect(depth.flushes()).toBe(3);
  expect(seconds(depth, 'queue.depth')).toEqual([1, 21, 41]);
  expect(depth.aws.count('GetMetricData')).toBe(1);
  // One invocation is one span, also when it takes samples for a minute.
  expect(depth.backend.store.spans()).toHaveLength(1);
});

it('tells of schedules once a run, however many samples it takes', async () => {
  const payload = z.null();
  const schedule = [{ rateMinutes: 5, payload: null }];
  const depth = await startOne({
    resolutionSeconds: 20,
    schedules: {
      tasks: [defineTask({ name: 'report', payload, schedule }) as Task],
      readLastRuns: async () => new Map(),
      noteFirstSeen: async () => {},
    },
  });
  const running = depth.run(atMinute(0), 90_000);
  for (const flush of [1, 2]) {
    await until(() => depth.flushes() === flush);
    await vi.advanceTimersByTimeAsync(20_000);
  }
  await running;
  expect(seconds(depth, 'queue.depth')).toHaveLength(3);
  expect(depth.points('schedule.overdue')).toHaveLength(1);
});

it('takes as many samples as the invocation has time for', async () => {
  const depth = await startOne({ resolutionSeconds: 20 });
  const running = depth.run(atMinute(0), 35_000);
  await until(() => depth.flushes() === 1);
  // 35 s less 20 leave too little for another one: it ends by itself.
  const ended = running.then(() => 'ended');
  await vi.advanceTimersByTimeAsync(20_000);
  await until(() => depth.flushes() === 2);
  expect(await ended).toBe('ended');
  expect(depth.flushes()).toBe(2);
});

it.each([
  ['the same', 0],
  ['an earlier', -1],
])('a run of %s scheduled time is left out with a warning', async (_, minute) => {
  const { run, aws, points, warnings, flushes } = await startOne();
  await run(atMinute(0));
  const calls = aws.calls.length;
  await run(atMinute(minute));
  expect(aws.calls).toHaveLength(calls);
  expect(points('queue.depth')).toHaveLength(1);
  expect(warnings()).toEqual(['run left out: one of the same time or later was here']);
  // Its warning is sent all the same.
  expect(flushes()).toBe(2);
});

it('a second instance that gets the same run sends the same points of CloudWatch, and no others', async () => {
  const { run, aws, points } = await startOne();
  await run(atMinute(0));
  const sent: Gauge[] = [];
  const other = createQueueDepthHandler({
    source: { prefix: 'app-' },
    clients: aws.clients,
    telemetry: {
      serviceName: 'shop',
      logLevel: 'error',
      traceMode: 'parent',
      flushBeforeResponseMs: 0,
      onShutdown: () => {},
      flush: async () => {},
      addGauges: (gauges) => void sent.push(...gauges),
    },
  });
  vi.setSystemTime(noonMs + 30_000);
  await other(atMinute(0), { getRemainingTimeInMillis: () => 30_000 } as never);
  for (const metric of ['queue.oldest_message.age', 'queue.messages.sent']) {
    const again = sent.filter(({ name }) => name === metric);
    expect(again.map(({ timeMs, value }) => ({ timeMs, value }))).toEqual(
      points(metric).map(({ timeUnixNano, value }) => ({
        timeMs: Number(timeUnixNano / 1_000_000n),
        value,
      })),
    );
  }
});

it('a run that is over 45 s late sends depth and asks no CloudWatch', async () => {
  const { run, aws, values, warnings } = await startOne();
  vi.setSystemTime(noonMs + 45_001);
  await run(atMinute(0));
  expect(values('queue.depth')).toEqual({ a: 3 });
  expect(aws.count('GetMetricData')).toBe(0);
  expect(warnings()).toEqual(['run is late: CloudWatch is not asked']);
});

it.each([[undefined], [null], [{}], ['text'], [{ time: 'tomorrow' }], [{ time: 7 }]])(
  'an event of %j is taken for due now',
  async (event) => {
    const { run, values, aws, warnings } = await startOne();
    await run(event ?? {});
    expect(values('queue.depth')).toEqual({ a: 3 });
    expect(aws.count('GetMetricData')).toBe(1);
    expect(warnings()).toEqual([]);
  },
);

it.each([0, 0.5, 61, -1, Number.NaN])('refuses a resolution of %d s', (resolutionSeconds) => {
  const make = () =>
    createQueueDepthHandler({
      source: { prefix: 'app-' },
      telemetry: { serviceName: 's', logLevel: 'info' } as never,
      resolutionSeconds,
    });
  expect(make).toThrow(`RESOLUTION_SECONDS: is ${resolutionSeconds}; use 1 to 60 seconds.`);
});

it('a time to come is now: the runs after it are not left out', async () => {
  const depth = await startOne();
  await depth.run(atMinute(60));
  vi.setSystemTime(noonMs + 61_000);
  await depth.run(atMinute(1));
  expect(seconds(depth, 'queue.depth')).toEqual([1, 61]);
});

it('a clock that is a little behind the schedule does not change the minute', async () => {
  const depth = await startOne();
  for (const minute of [0, 1, 2]) {
    vi.setSystemTime(noonMs + minute * 60_000 - 50);
    await depth.run(atMinute(minute));
  }
  expect(seconds(depth, 'queue.oldest_message.age')).toEqual([-240, -180, -120]);
  expect(seconds(depth, 'queue.messages.sent')).toEqual([-480, -420, -360, -300, -240]);
});

it('a run by hand between two of the schedule sends no figure again', async () => {
  const depth = await startOne();
  await depth.run(atMinute(0));
  vi.setSystemTime(noonMs + 30_000);
  await depth.run({});
  vi.setSystemTime(noonMs + 61_000);
  await depth.run(atMinute(1));
  expect(seconds(depth, 'queue.oldest_message.age')).toEqual([-240, -180]);
  expect(seconds(depth, 'queue.messages.sent')).toHaveLength(5);
  expect(seconds(depth, 'queue.depth')).toEqual([1, 30, 61]);
});

it('a run that is 45 s late still asks CloudWatch for its minute', async () => {
  const depth = await startOne();
  vi.setSystemTime(noonMs + 45_000);
  await depth.run(atMinute(0));
  expect(seconds(depth, 'queue.oldest_message.age')).toEqual([-240]);
});
