import { DeleteMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const TRACE_ID = 'a'.repeat(32);
const traceparent = {
  DataType: 'String',
  StringValue: `00-${TRACE_ID}-${'b'.repeat(16)}-01`,
};
const task = defineTask({ name: 'ship', payload: z.any() });
const dying = implementTask(task, () => {
  throw new NonRetryableError('card declined');
});
const message = { id: 'task-1', task: 'ship', payload: {} };

/** As the SDK throws what SQS refuses. */
const refusal = { name: 'InvalidParameterValue', $metadata: { httpStatusCode: 400 } };

/** The real client, whose first copies fail. */
function refusingCopies(times: number, failure: object = refusal) {
  let left = times;
  const send = async (command: object, options: object) => {
    if (command instanceof SendMessageCommand && left > 0) {
      left -= 1;
      throw Object.assign(new Error('refused'), failure);
    }
    return bench.client.send(command as never, options as never);
  };
  return { send } as unknown as typeof bench.client;
}

it('the copy is sent in a span of the message’s own trace', async () => {
  const queue = await bench.createQueue();
  await queue.send(message, { MessageAttributes: { traceparent } });
  const { span } = await queue.worker([dying]).deliver();
  const sent = span('send default-dlq');
  const [dead] = await queue.receiveDead();
  expect(sent.kind).toBe(SpanKind.PRODUCER);
  expect(sent.spanContext().traceId).toBe(TRACE_ID);
  expect(sent.parentSpanContext?.spanId).toBe(span('process default').spanContext().spanId);
  expect(sent.attributes).toEqual({
    'messaging.system': 'aws_sqs',
    'messaging.system.name': 'aws.sqs',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': queue.dlqUrl.split('/').at(-1),
    'aws.sqs.queue.url': queue.dlqUrl,
    'messaging.message.id': dead?.MessageId,
    'task.name': 'ship',
    'task.id': 'task-1',
  });
});

it('a copy that SQS refuses once is sent with its own attributes alone', async () => {
  const queue = await bench.createQueue();
  await queue.send(message, { MessageAttributes: { traceparent } });
  const { response, results } = await queue
    .worker([dying], { client: refusingCopies(1) })
    .deliver();
  expect(response).toEqual({ batchItemFailures: [] });
  expect(results).toMatchObject([{ outcome: 'dead' }]);
  const [dead] = await queue.receiveDead();
  expect(Object.keys(dead?.MessageAttributes ?? {})).toEqual(['traceparent']);
});

it.each([
  ['cannot be reached', { name: 'TimeoutError' }],
  ['throttles', { name: 'RequestThrottled', $metadata: { httpStatusCode: 400 } }],
])('when SQS %s once, the copy still tells its cause', async (_, failure) => {
  const queue = await bench.createQueue();
  await queue.send(message);
  await queue.worker([dying], { client: refusingCopies(1, failure) }).deliver();
  const [dead] = await queue.receiveDead();
  expect(dead?.MessageAttributes?.['leadline.error.type']?.StringValue).toBe('NonRetryableError');
});

it('a copy that SQS refuses twice leaves the message on its queue, as a retry', async () => {
  const queue = await bench.createQueue();
  const id = await queue.send(message);
  const { response, results, count, span, logged } = await queue
    .worker([dying], { client: refusingCopies(2) })
    .deliver();
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
  expect(results[0]?.visibilitySeconds).toBeGreaterThanOrEqual(2);
  expect(await queue.left()).toBe(1);
  expect(await queue.receiveDead()).toEqual([]);
  expect(count('task.retries', { 'error.type': 'NonRetryableError' })).toBe(1);
  expect(count('task.dead')).toBe(0);
  expect(span('send default-dlq').status.code).toBe(SpanStatusCode.ERROR);
  expect(span('process default').attributes['task.outcome']).toBe('retry');
  expect(logged()).toContain(
    'the copy to the dead-letter queue failed; the message stays on its queue',
  );
});

it('without a dead-letter queue a dead message stays, and nothing pretends that it was sent', async () => {
  const queue = await bench.createQueue({ deadLetterQueue: false });
  const id = await queue.send(message);
  const { response, spans, count, logged } = await queue.worker([dying]).deliver();
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
  expect(spans.map(({ name }) => name)).not.toContain('send default-dlq');
  expect(count('task.retries')).toBe(1);
  expect(logged()).toContain('QUEUES has no dlqUrl for "default"; the message stays on its queue.');
});

it('a message that is sent back continues its first trace, with its id, from attempt 1', async () => {
  const queue = await bench.createQueue();
  const firstId = await queue.send(
    { task: 'ship', payload: { n: 1 } },
    { MessageAttributes: { traceparent } },
  );
  const seen: unknown[] = [];
  let healthy = false;
  const worker = queue.worker([
    implementTask(task, (payload, { id, attempt }) => {
      seen.push([payload, id, attempt]);
      if (!healthy) throw new NonRetryableError('card declined');
    }),
  ]);
  await worker.deliver();
  const [dead] = await queue.receiveDead();
  await queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes });
  const again = await worker.deliver();
  const [deadAgain] = await queue.receiveDead();
  expect(again.span('process default').spanContext().traceId).toBe(TRACE_ID);
  expect(deadAgain?.MessageAttributes?.['leadline.attempts']?.StringValue).toBe('1');
  await queue.send(deadAgain?.Body, { MessageAttributes: deadAgain?.MessageAttributes });
  healthy = true;
  const last = await worker.deliver();
  expect(last.results).toMatchObject([{ outcome: 'completed' }]);
  expect(last.span('process default').spanContext().traceId).toBe(TRACE_ID);
  expect(seen).toEqual([
    [{ n: 1 }, firstId, 1],
    [{ n: 1 }, firstId, 1],
    [{ n: 1 }, firstId, 1],
  ]);
});

it('on FIFO two messages of equal bodies are two dead letters, in their group', async () => {
  const queue = await bench.createQueue({ fifo: true });
  const worker = queue.worker([dying]);
  for (const MessageDeduplicationId of ['1', '2']) {
    await queue.send(message, { MessageGroupId: 'customer-7', MessageDeduplicationId });
    expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  }
  const [first] = await queue.receiveDead();
  expect(first?.Attributes?.MessageGroupId).toBe('customer-7');
  await bench.client.send(
    new DeleteMessageCommand({ QueueUrl: queue.dlqUrl, ReceiptHandle: first?.ReceiptHandle }),
  );
  expect(await queue.receiveDead()).toHaveLength(1);
});

it('a fair queue’s group is kept', async () => {
  const queue = await bench.createQueue();
  await queue.send(message, { MessageGroupId: 'tenant-7' });
  await queue.worker([dying]).deliver();
  const [dead] = await queue.receiveDead();
  expect(dead?.Attributes?.MessageGroupId).toBe('tenant-7');
});
