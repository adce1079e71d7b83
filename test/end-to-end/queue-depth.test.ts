import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processOrder } from '../../functions/tasks/process-order.ts';
import { createProducer } from '../../lib/producer.ts';
import type { EventSourceMapping } from '../../local/event-source-mapping/event-source-mapping.ts';
import type { ReceivedPoint } from '../../local/otlp/telemetry-record.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { QUEUE } from '../support/test-stack-description.ts';

/** At one message an invocation and one invocation at a time: some seconds of work. */
const BACKLOG = 150;
/** An answer of /health is good for 10 s. */
const HEALTH_PATIENCE_MS = 20_000;

/** One story, told in order: the workers stop, a backlog builds up, they start, it is gone. */
describe('a backlog', () => {
  let stack: TestStack;
  let mapping: EventSourceMapping;

  beforeAll(async () => {
    stack = await startTestStack({ observed: true, batchSize: 1, concurrency: 1 });
    mapping = stack.eventSourceMappings.get(QUEUE) as EventSourceMapping;
  }, 60_000);
  afterAll(() => stack?.stop());

  it('climbs in the OTLP stream while the workers are stopped', async () => {
    await mapping.disable();
    const queues = { default: { url: stack.sqs.queueUrl(QUEUE) } };
    const producer = createProducer({ queues, client: stack.sqsClient });
    const orders = Array.from({ length: BACKLOG }, (_, index) => ({ order_id: `o-${index}` }));
    await producer.enqueueMany(processOrder, orders);

    const point = await gauge('queue.depth', ({ value }) => value === BACKLOG);
    expect(point).toMatchObject({ unit: '{message}', type: 'gauge' });
    expect(point.attributes).toEqual({ 'queue.name': 'default' });
    await gauge('queue.oldest_message.age', ({ value = 0 }) => value >= 1);
  });

  it('turns GET /health 503, with the reason', async () => {
    const response = await fetch(`${stack.url}/health`);
    const { status, checks } = (await response.json()) as Answer;
    expect(response.status).toBe(503);
    expect(status).toBe('unhealthy');
    expect(checks['broker']).toMatchObject({ status: 'healthy', checked: 1, of: 1 });
    expect(checks['workers']).toMatchObject({
      status: 'unhealthy',
      reason: 'default: its event source mapping is Disabled',
    });
    const head = await fetch(`${stack.url}/health`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([503, '']);
    expect((await fetch(`${stack.url}/health?check=broker`)).status).toBe(200);
  });

  it('stands in GET /metrics', async () => {
    const response = await fetch(`${stack.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain(
      `\nqueue_depth_messages{queue_name="default"} ${BACKLOG}\n`,
    );
  });

  it('drains when they start: time to drain appears, depth is 0, health is 200', async () => {
    const startedAt = BigInt(Date.now()) * 1_000_000n;
    mapping.enable();
    const later = (point: ReceivedPoint) => point.timeUnixNano >= startedAt;
    const drain = await gauge(
      'queue.time_to_drain',
      (point) => later(point) && (point.value ?? 0) > 0,
    );
    expect(drain.unit).toBe('s');
    await gauge('workers.active', (point) => later(point) && point.value === 1);
    await gauge('queue.messages.deleted', (point) => later(point) && (point.value ?? 0) > 0);
    await gauge('queue.depth', (point) => later(point) && point.value === 0);
    const healthy = async () => (await fetch(`${stack.url}/health`)).status === 200;
    await waitUntil('GET /health 200', healthy, HEALTH_PATIENCE_MS);
  }, 60_000);

  it('never doubled or reordered a series, whichever instance sent it', () => {
    const series = new Map<string, bigint[]>();
    for (const { type, metric, attributes, resource, timeUnixNano } of stack.telemetry.points()) {
      if (type !== 'gauge') continue;
      const key = `${metric} ${attributes['queue.name']} ${resource['service.instance.id']}`;
      series.set(key, [...(series.get(key) ?? []), timeUnixNano]);
    }
    expect(series.size).toBeGreaterThan(9);
    for (const [key, times] of series) {
      const ascending = [...new Set(times)].sort((a, b) => Number(a - b));
      expect(times, key).toEqual(ascending);
    }
  });

  it('left one span a run, by its schedule', () => {
    const runs = stack.telemetry.spans().filter(({ name }) => name === 'e2e-sample-queue-depth');
    expect(runs.length).toBeGreaterThan(2);
    for (const { attributes, kind } of runs) {
      expect({ kind, trigger: attributes['faas.trigger'] }).toEqual({
        kind: 'SERVER',
        trigger: 'timer',
      });
    }
  });

  function gauge(metric: string, matches: (point: ReceivedPoint) => boolean) {
    return stack.telemetry.waitFor(
      (telemetry) => telemetry.points().find((point) => point.metric === metric && matches(point)),
      { describe: `${metric} as expected`, timeoutMs: 20_000 },
    );
  }
});

interface Answer {
  status: string;
  checks: Record<string, Record<string, unknown>>;
}

it('a worker that is there and is never invoked while messages wait is stalled', async () => {
  const stack = await startTestStack({ observed: true, consumed: false });
  try {
    await stack.post('process_order', { order_id: 'waits' });
    const reason = await waitUntil(
      'a stalled worker',
      async () => {
        const answer = (await (await fetch(`${stack.url}/health?check=workers`)).json()) as Answer;
        return answer.checks['workers']?.['reason'];
      },
      30_000,
    );
    expect(reason).toBe('default: messages wait and its worker is not invoked');
  } finally {
    await stack.stop();
  }
}, 60_000);
