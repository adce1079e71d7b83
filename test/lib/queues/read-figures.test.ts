import { expect, it, vi } from 'vitest';
import { createReadLimits } from '../../../lib/queues/call-limit.ts';
import { planFigures } from '../../../lib/queues/plan-figures.ts';
import { type FigureQueue, readFigures } from '../../../lib/queues/read-figures.ts';
import type { AskedMetric } from '../../support/aws-stand-in/aws-world.ts';
import { everyPeriod } from '../../support/aws-stand-in/aws-world.ts';
import { startAws, type TestAws } from '../../support/aws-stand-in/start-aws.ts';

const MINUTE = 60_000;
/** A minute at which everything is asked for. */
const EVERYTHING = Date.UTC(2026, 2, 1, 12, 0, 7);
const plan = planFigures({ atMs: EVERYTHING });

function read({ clients }: TestAws, queues: readonly FigureQueue[], asking = plan) {
  return readFigures(queues, asking, clients, { limit: createReadLimits().cloudWatch });
}

function busy(index: number | string = 1, rest: Partial<FigureQueue> = {}): FigureQueue {
  const name = `q${index}`;
  return { name, sqsName: `app-${name}`, worker: `process-${name}`, busy: true, ...rest };
}

/** A value by metric; none where it says undefined. */
function byMetric(values: Readonly<Record<string, number | undefined>>) {
  return (asked: AskedMetric) => {
    const value = values[asked.metric];
    return value === undefined ? [] : everyPeriod(value)(asked);
  };
}

it('asks for the newest age and for five minutes of the rest, each with its statistic', async () => {
  const aws = await startAws();
  await read(aws, [busy()]);
  const of = (metric: string) => aws.metricsAsked.find((asked) => asked.metric === metric);
  const five = { fromMs: EVERYTHING - 7_000 - 8 * MINUTE, toMs: EVERYTHING - 7_000 - 3 * MINUTE };
  for (const [metric, stat, subject] of [
    ['ApproximateAgeOfOldestMessage', 'Maximum', 'app-q1'],
    ['NumberOfMessagesSent', 'Sum', 'app-q1'],
    ['NumberOfMessagesReceived', 'Sum', 'app-q1'],
    ['NumberOfMessagesDeleted', 'Sum', 'app-q1'],
    ['ConcurrentExecutions', 'Maximum', 'process-q1'],
    ['Invocations', 'Sum', 'process-q1'],
    ['Errors', 'Sum', 'process-q1'],
    ['Throttles', 'Sum', 'process-q1'],
  ] as const) {
    expect(of(metric)).toMatchObject({ stat, of: subject, ...five, periodMs: MINUTE });
  }
  expect(aws.metricsAsked).toHaveLength(8);
});

it('gives each figure its own time: one point of the age, five of the rest', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = everyPeriod(3);
  const { points } = await read(aws, [busy()]);
  const times = (gauge: string) =>
    points.filter((point) => point.gauge === gauge).map(({ timeMs }) => timeMs);
  const newest = EVERYTHING - 7_000 - 4 * MINUTE;
  expect(times('queue.oldest_message.age')).toEqual([newest]);
  const five = [4, 3, 2, 1, 0].map((ago) => newest - ago * MINUTE);
  for (const gauge of ['queue.messages.sent', 'workers.active', 'worker.throttles']) {
    expect(times(gauge)).toEqual(five);
  }
});

it('a figure without datapoints is absent and not zero', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = byMetric({ NumberOfMessagesSent: 4 });
  const { points } = await read(aws, [busy(1, { visible: 9 })]);
  expect(new Set(points.map(({ gauge }) => gauge))).toEqual(new Set(['queue.messages.sent']));
});

it('a queue whose worker is not known has its own figures alone', async () => {
  const aws = await startAws();
  const { worker: _, ...queue } = busy();
  await read(aws, [queue]);
  expect(aws.metricsAsked.map(({ metric }) => metric)).toHaveLength(4);
});

it('asks, and pays, once for a worker that queues share', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = everyPeriod(2);
  const shared = { worker: 'process-tasks' };
  const { points } = await read(aws, [busy(1, shared), busy(2, shared)]);
  expect(aws.metricsAsked.filter(({ metric }) => metric === 'Invocations')).toHaveLength(1);
  const queues = points.filter(({ gauge }) => gauge === 'workers.active').map(({ queue }) => queue);
  expect(new Set(queues)).toEqual(new Set(['q1', 'q2']));
});

it('asks 500 queries a call', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = everyPeriod(1);
  const queues = Array.from({ length: 130 }, (_, index) => busy(index));
  const { points } = await read(aws, queues);
  const sizes = aws.calls.map(({ input }) => (input['MetricDataQueries'] as unknown[]).length);
  expect(sizes.toSorted((a, b) => b - a)).toEqual([500, 500, 40]);
  expect(points.filter(({ gauge }) => gauge === 'queue.oldest_message.age')).toHaveLength(130);
});

it.each([1, 3, 7])('follows pages of %i points, also within a metric', async (pageSize) => {
  const aws = await startAws();
  aws.pages.points = pageSize;
  aws.metrics.datapoints = everyPeriod((timeMs) => timeMs / MINUTE);
  const { points } = await read(aws, [busy()]);
  expect(points).toHaveLength(1 + 7 * 5);
  const active = points.filter(({ gauge }) => gauge === 'workers.active');
  for (const { timeMs, value } of active) expect(value).toBe(timeMs / MINUTE);
  // A page is no new question.
  expect(aws.metricsAsked).toHaveLength(8);
});

it('sums are a minute also where a period is not, and the most of something is not', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = everyPeriod(5);
  const local = { lagSeconds: 0, periodSeconds: 10, intervalSeconds: 10 };
  const { points } = await read(aws, [busy()], planFigures({ atMs: EVERYTHING }, local));
  const valueFor = (wanted: string) => points.find(({ gauge }) => gauge === wanted)?.value;
  expect(valueFor('queue.messages.sent')).toBe(30);
  expect(valueFor('worker.invocations')).toBe(30);
  expect(valueFor('workers.active')).toBe(5);
  expect(valueFor('queue.oldest_message.age')).toBe(5);
});

it('the time to drain comes from the depth now and the minutes before', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = byMetric({ NumberOfMessagesSent: 40, NumberOfMessagesDeleted: 100 });
  const { points } = await read(aws, [busy(1, { visible: 300 }), busy('unread')]);
  const drains = points.filter(({ gauge }) => gauge === 'queue.time_to_drain');
  expect(drains).toMatchObject([{ queue: 'q1', value: 300 }]);

  aws.metrics.datapoints = byMetric({ NumberOfMessagesSent: 100, NumberOfMessagesDeleted: 100 });
  const later = await read(aws, [busy(1, { visible: 300 })]);
  expect(later.points.map(({ gauge }) => gauge)).not.toContain('queue.time_to_drain');
});

it('a quiet queue is asked for what was sent, and for everything where that was something', async () => {
  const aws = await startAws();
  aws.metrics.datapoints = (asked) =>
    asked.of === 'app-qidle' ? everyPeriod(0)(asked) : everyPeriod(1)(asked);
  const quiet = { busy: false, visible: 0 };
  const { points } = await read(aws, [busy('idle', quiet), busy('used', quiet)]);
  const asked = (name: string) =>
    aws.metricsAsked.filter(({ of }) => of.endsWith(name)).map(({ metric }) => metric);
  expect(asked('idle')).toEqual(['NumberOfMessagesSent']);
  expect(asked('used')).toHaveLength(8);
  expect(new Set(points.map(({ queue }) => queue))).toEqual(new Set(['qused']));
  const sent = points.filter(({ gauge }) => gauge === 'queue.messages.sent');
  expect(sent).toHaveLength(5);
});

it('asks nothing of a quiet queue in the other minutes', async () => {
  const aws = await startAws();
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  for (const minute of minutes) {
    const at = planFigures({ atMs: EVERYTHING + minute * MINUTE });
    await read(aws, [busy(1, { busy: false, visible: 0 })], at);
  }
  expect(aws.calls).toEqual([]);
});

it.each(['deny', 'garbage'] as const)(
  'a call that ends with %s costs its own figures',
  async (fault) => {
    const aws = await startAws();
    aws.metrics.datapoints = everyPeriod(1);
    aws.fail('GetMetricData', fault, { times: 1 });
    const queues = Array.from({ length: 100 }, (_, index) => busy(index));
    const { points, errors } = await read(aws, queues);
    expect(errors).toHaveLength(1);
    expect(points.length).toBeGreaterThan(0);
  },
);

it('a throttled CloudWatch is asked again', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const aws = await startAws();
  aws.metrics.datapoints = everyPeriod(1);
  aws.fail('GetMetricData', 'throttle', { times: 4 });
  const { points, errors } = await read(aws, [busy()]);
  expect(errors).toEqual([]);
  expect(points).toHaveLength(36);
});
