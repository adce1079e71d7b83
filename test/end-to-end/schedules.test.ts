import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { expect, it, onTestFinished } from 'vitest';
import { processOrder } from '../../functions/tasks/process-order.ts';
import { encodeMessage } from '../../lib/index.ts';
import { createProducer } from '../../lib/producer.ts';
import { startInMemoryTelemetry } from '../lib/instrumentation/in-memory-telemetry.ts';
import { startTestStack } from '../support/test-stack.ts';
import { QUEUE, SCHEDULE_GROUP } from '../support/test-stack-description.ts';

it('a task runs on the local stack when its schedule is due', async () => {
  let time = Date.parse('2026-11-26T02:59:30Z');
  const stack = await startTestStack({
    now: () => time,
    schedules: [
      {
        name: 'nightly',
        expression: 'cron(0 3 * * ? *)',
        targetArn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}`,
        input: () =>
          encodeMessage({
            id: '<aws.scheduler.execution-id>',
            task: 'process_order',
            payload: { order_id: 'o-1' },
            schedule: 'process_order-0',
          }),
      },
    ],
  });
  onTestFinished(() => stack.stop());
  time = Date.parse('2026-11-26T03:00:00Z');
  const span = await stack.telemetry.waitFor(
    (telemetry) => telemetry.spans().find(({ kind }) => kind === 'CONSUMER'),
    { describe: 'the span of the scheduled task' },
  );
  expect(span.attributes).toMatchObject({
    'task.name': 'process_order',
    'task.outcome': 'completed',
    'task.id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
}, 60_000);

it('a task enqueued for later runs then, in the trace of whoever enqueued it', async () => {
  const telemetry = startInMemoryTelemetry();
  let time = Date.now();
  const stack = await startTestStack({ now: () => time });
  const { endpoint } = stack.sqs;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SchedulerClient({ endpoint, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    client.destroy();
    await stack.stop();
    await telemetry.stop();
  });
  const producer = createProducer({
    queues: { default: { url: stack.sqs.queueUrl(QUEUE) } },
    client: stack.sqsClient,
    scheduler: {
      roleArn: 'arn:aws:iam::000000000000:role/scheduler',
      groupName: SCHEDULE_GROUP,
      client,
    },
  });
  const at = new Date(Date.now() + 86_400_000);
  const { id, traceId = '' } = await producer.enqueue(processOrder, { order_id: 'o-1' }, { at });
  const schedules = async () =>
    (await client.send(new ListSchedulesCommand({ GroupName: SCHEDULE_GROUP }))).Schedules ?? [];
  expect((await schedules()).map(({ Name }) => Name)).toEqual([id]);

  time += 86_400_000 + 60_000;
  const span = await stack.telemetry.waitFor(
    (received) => received.trace(traceId).find(({ kind }) => kind === 'CONSUMER'),
    { describe: `the task ${id}` },
  );
  expect(span).toMatchObject({
    attributes: { 'task.id': id, 'task.outcome': 'completed' },
    parentSpanId: telemetry.spans()[0]?.spanContext().spanId,
  });
  expect(await schedules()).toEqual([]);
}, 60_000);
