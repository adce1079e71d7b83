import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toPrometheus } from '../../../lib/prometheus.ts';
import { toPrometheusGauge } from '../../../lib/queues/gauges.ts';
import { everyPeriod } from '../../support/aws-stand-in/aws-world.ts';
import { until } from '../../support/until.ts';
import { startHealth } from './start-health.ts';

const SECOND = 1_000;
const noonMs = Date.UTC(2026, 2, 1, 12, 0, 30);

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: noonMs }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** A queue with a backlog that shrinks, and its worker. */
async function startBusy() {
  const health = await startHealth();
  const { aws } = health;
  aws.queues.set('app-default', {
    visible: 300,
    inFlight: 2,
    delayed: 1,
    deadLetterQueue: 'app-dead',
  });
  aws.queues.set('app-dead', { visible: 4 });
  aws.mappings.push({ uuid: 'm', queue: 'app-default', worker: 'process-tasks' });
  aws.metrics.datapoints = (asked) => everyPeriod(VALUES[asked.metric] ?? Number.NaN)(asked);
  return health;
}

const VALUES: Readonly<Record<string, number>> = {
  ApproximateAgeOfOldestMessage: 75,
  NumberOfMessagesSent: 40,
  NumberOfMessagesReceived: 110,
  NumberOfMessagesDeleted: 100,
  ConcurrentExecutions: 6,
  Invocations: 12,
  Errors: 1,
  Throttles: 0,
};

const samplesOf = (text: string) => text.split('\n').filter((line) => /^[a-z]/.test(line));

it('has every gauge under its name of Prometheus, without scope labels and times', async () => {
  const { metrics } = await startBusy();
  expect(samplesOf(await metrics()).toSorted()).toEqual([
    'queue_dead_letters{queue_name="default"} 4',
    'queue_delayed_messages{queue_name="default"} 1',
    'queue_depth_messages{queue_name="default"} 300',
    'queue_in_flight_messages{queue_name="default"} 2',
    'queue_messages_deleted_per_minute{queue_name="default"} 100',
    'queue_messages_received_per_minute{queue_name="default"} 110',
    'queue_messages_sent_per_minute{queue_name="default"} 40',
    'queue_oldest_message_age_seconds{queue_name="default"} 75',
    'queue_time_to_drain_seconds{queue_name="default"} 300',
    'worker_errors_per_minute{queue_name="default"} 1',
    'worker_invocations_per_minute{queue_name="default"} 12',
    'worker_throttles_per_minute{queue_name="default"} 0',
    'workers_active{queue_name="default"} 6',
  ]);
});

it('is the text format 0.0.4: HELP, TYPE, samples, a newline at the end', async () => {
  const { ask } = await startBusy();
  const { statusCode, headers, body = '' } = await ask('/metrics');
  expect(statusCode).toBe(200);
  expect(headers?.['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body.endsWith('\n')).toBe(true);
  const lines = body.trim().split('\n');
  for (const [index, sample] of lines.entries()) {
    if (sample.startsWith('#')) continue;
    const name = sample.split('{')[0];
    expect(lines[index - 1]).toBe(`# TYPE ${name} gauge`);
    expect(lines[index - 2]).toMatch(new RegExp(`^# HELP ${name} .+\\.$`));
  }
  expect(body).not.toMatch(/otel_scope|target_info|# UNIT/);
});

describe('promtool check metrics', () => {
  const installed = spawnSync('promtool', ['--version']).status === 0;
  it(installed ? 'finds nothing wrong' : 'promtool is not installed: left out', async () => {
    const { metrics } = await startBusy();
    const input = await metrics();
    expect(input).toContain('queue_depth_messages');
    if (!installed) return;
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});

it('a queue may have any name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(), async (queue, value) => {
      const point = { gauge: 'queue.depth', queue, value, timeMs: noonMs } as const;
      const text = await toPrometheus([toPrometheusGauge(point)]);
      const label = /^queue_depth_messages\{queue_name="((?:[^"\\\n]|\\["\\n])*)"\} (\d+)$/m;
      const [, escaped = '', read] = label.exec(text) ?? [];
      expect(escaped.replace(/\\(.)/gs, (_, c) => (c === 'n' ? '\n' : c))).toBe(queue);
      expect(Number(read)).toBe(value);
      // The name cannot add a line.
      expect(text.trimEnd().split('\n')).toHaveLength(3);
    }),
  );
});

it('is an answer also where there is nothing to tell', async () => {
  const { ask, metrics } = await startHealth();
  expect(await ask('/metrics')).toMatchObject({ statusCode: 200 });
  expect(samplesOf(await metrics())).toEqual([]);
});

it('reads depth at most once in 5 s', async () => {
  const { aws, metrics } = await startBusy();
  await Promise.all([metrics(), metrics()]);
  aws.queues.set('app-default', { visible: 7, deadLetterQueue: 'app-dead' });
  pass(4.9 * SECOND);
  expect(await metrics()).toContain('queue_depth_messages{queue_name="default"} 300');
  expect(aws.count('GetQueueAttributes', 'app-default')).toBe(1);
  pass(0.1 * SECOND);
  expect(await metrics()).toContain('queue_depth_messages{queue_name="default"} 7');
  expect(aws.count('GetQueueAttributes', 'app-default')).toBe(2);
});

it('reads CloudWatch at most once in 60 s, and by the minute no more than the depth function', async () => {
  const { aws, metrics } = await startBusy();
  // Scraped every 15 s for 10 minutes.
  for (let scrape = 0; scrape < 40; scrape += 1) {
    await metrics();
    expect(aws.count('GetMetricData')).toBeLessThanOrEqual(1 + Math.floor(scrape / 4));
    pass(15 * SECOND);
  }
  const asked = Map.groupBy(aws.metricsAsked, ({ metric }) => metric);
  expect(asked.get('ApproximateAgeOfOldestMessage')).toHaveLength(10);
  // At the start, and in each of the two intervals that began since.
  expect(asked.get('Invocations')?.length).toBeLessThanOrEqual(3);
});

it('keeps the figures of an interval until the next', async () => {
  const { metrics } = await startBusy();
  await metrics();
  pass(4 * 60 * SECOND);
  expect(await metrics()).toContain('workers_active{queue_name="default"} 6');
});

it('a figure that CloudWatch has no more is absent after 15 minutes', async () => {
  const { aws, metrics } = await startBusy();
  await metrics();
  aws.metrics.datapoints = () => [];
  pass(16 * 60 * SECOND);
  expect(await metrics()).not.toContain('workers_active');
});

it('a queue that ran empty has no age and no time to drain any more', async () => {
  const { aws, metrics } = await startBusy();
  expect(await metrics()).toContain('queue_oldest_message_age_seconds');
  aws.queues.set('app-default', { visible: 0, deadLetterQueue: 'app-dead' });
  pass(60 * SECOND);
  const text = await metrics();
  expect(text).toContain('queue_depth_messages{queue_name="default"} 0');
  expect(text).not.toContain('queue_oldest_message_age_seconds');
  expect(text).not.toContain('queue_time_to_drain_seconds');
});

it('a backlog that grows again has no time to drain any more', async () => {
  const { aws, metrics } = await startBusy();
  expect(await metrics()).toContain('queue_time_to_drain_seconds');
  aws.metrics.datapoints = everyPeriod(50);
  pass(5 * 60 * SECOND);
  expect(await metrics()).not.toContain('queue_time_to_drain_seconds');
});

it('a queue that cannot be read is absent, and the others are not', async () => {
  const { aws, metrics } = await startBusy();
  aws.queues.set('app-b', { visible: 1 });
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-default' });
  const text = await metrics();
  expect(text).toContain('queue_depth_messages{queue_name="b"} 1');
  expect(text).not.toContain('queue_depth_messages{queue_name="default"}');
});

it('where CloudWatch is not read, what is known stays, a warning says so, and it is asked again', async () => {
  const { aws, metrics, lines } = await startBusy();
  await metrics();
  aws.fail('GetMetricData', 'deny');
  pass(5 * 60 * SECOND);
  expect(await metrics()).toContain('queue_oldest_message_age_seconds');
  expect(lines.join('')).toContain('CloudWatch could not be read');
  aws.mend('GetMetricData');
  aws.metrics.datapoints = everyPeriod(77);
  pass(6 * 60 * SECOND);
  // The figures of the interval that was missed.
  expect(await metrics()).toContain('queue_messages_sent_per_minute{queue_name="default"} 77');
});

it('answers within 8 s, whatever hangs', async () => {
  const { aws, ask } = await startBusy();
  aws.queues.set('app-b', { visible: 1 });
  aws.fail('GetQueueAttributes', 'hang', { of: 'app-b' });
  aws.fail('GetMetricData', 'hang');
  aws.fail('ListEventSourceMappings', 'hang');
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  const start = performance.now();
  const asking = ask('/metrics');
  // The stand-in answers over a real socket: each step begins when the one before was asked for.
  for (const [action, ms] of [
    ['ListEventSourceMappings', 1_600],
    ['GetQueueAttributes', 3_200],
    ['GetMetricData', 3_200],
  ] as const) {
    await until(() => aws.count(action) > 0);
    await vi.advanceTimersByTimeAsync(ms);
  }
  expect((await asking).body).toContain('queue_depth_messages{queue_name="default"} 300');
  expect(performance.now() - start).toBeLessThanOrEqual(8_000);
});

it('CloudWatch costs its own figures', async () => {
  const { aws, metrics } = await startBusy();
  aws.fail('GetMetricData', 'deny');
  const text = await metrics();
  expect(text).toContain('queue_depth_messages{queue_name="default"} 300');
  expect(text).not.toContain('workers_active');
});

it('queues that cannot be listed are a 503 that says no more than what kind of error, and not kept', async () => {
  const { aws, ask } = await startBusy();
  aws.fail('ListQueues', 'deny', { times: 1 });
  expect(await ask('/metrics')).toMatchObject({
    statusCode: 503,
    body: '{"detail":"The queues cannot be read: AccessDeniedException"}',
  });
  expect(await ask('/metrics')).toMatchObject({ statusCode: 200 });
});
