import { join } from 'node:path';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import type { ReceivedSpan } from '../../local/otlp/telemetry-record.ts';
import { copyProject, type ProjectCopy } from '../support/copy-project.ts';
import { extraTasks } from '../support/extra-tasks.ts';
import { startTestStack, type TestStack, untilEmpty } from '../support/test-stack.ts';
import { DEAD_LETTER_QUEUE, QUEUE } from '../support/test-stack-description.ts';

const BAD = 'task-2';
/** As a producer in any language may write them: each with a trace of its own, one without an id. */
const messages = [
  { id: 'task-1', task: 'process_order', payload: { order_id: 'b-1' } },
  { id: BAD, task: 'first_attempt_fails', payload: {} },
  { id: 'task-3', task: 'process_order', payload: { order_id: 'b-3' } },
  { id: 'task-4', task: 'process_payment', payload: { payment_id: 'p-4', amount: 4 } },
  { task: 'process_order', payload: { order_id: 'b-5' } },
].map((body, index) => ({
  body,
  traceId: `${index + 1}`.repeat(32),
  spanId: `${index + 1}`.repeat(16),
}));

let project: ProjectCopy;
let stack: TestStack;
let attempts: ReceivedSpan[];

beforeAll(async () => {
  project = await copyProject(extraTasks);
  await buildFunctions({ projectDirectory: project.directory });
  stack = await startTestStack({
    bundleDirectory: join(project.directory, 'dist/functions'),
    // One invocation gets all that was sent.
    batchingWindowSeconds: 1,
    visibilityTimeoutSeconds: 15,
  });
  await stack.sqsClient.send(
    new SendMessageBatchCommand({
      QueueUrl: stack.sqs.queueUrl(QUEUE),
      Entries: messages.map(({ body, traceId, spanId }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(body),
        MessageAttributes: {
          traceparent: { DataType: 'String', StringValue: `00-${traceId}-${spanId}-01` },
        },
      })),
    }),
  );
  await stack.telemetry.waitFor(() => processSpans().some(isSecondAttempt), {
    describe: 'the second attempt of the bad record',
    timeoutMs: 20_000,
  });
  await untilEmpty(stack);
  attempts = processSpans();
});
afterAll(async () => {
  await stack?.stop();
  await project?.remove();
});

it('takes all records up in one invocation, each in the trace of its own message', async () => {
  const [invocation] = await invocations();

  expect(invocation?.attributes['messaging.batch.message_count']).toBe(messages.length);
  const linked = invocation?.links.map(({ traceId, spanId }) => ({ traceId, spanId }));
  expect(linked).toHaveLength(messages.length);
  expect(linked).toEqual(
    expect.arrayContaining(messages.map(({ traceId, spanId }) => ({ traceId, spanId }))),
  );
  for (const { traceId, spanId } of messages) {
    const [first] = attempts.filter((span) => span.traceId === traceId);
    expect(first).toMatchObject({ parentSpanId: spanId, links: [{ spanId: invocation?.spanId }] });
  }
});

it('tries the bad record again, alone', async () => {
  const [, second, ...more] = await invocations();

  expect(more).toEqual([]);
  expect(second?.attributes['messaging.batch.message_count']).toBe(1);
  expect(second?.links).toMatchObject([{ traceId: traceOf(BAD) }]);
  const outcomes = attempts
    .filter(({ attributes }) => attributes['task.id'] === BAD)
    .map(({ attributes }) => [attributes['task.attempt'], attributes['task.outcome']]);
  expect(outcomes).toEqual([
    [1, 'retry'],
    [2, 'completed'],
  ]);
});

it('runs every other record once', () => {
  const others = attempts.filter(({ attributes }) => attributes['task.id'] !== BAD);

  expect(others).toHaveLength(messages.length - 1);
  for (const { attributes } of others) {
    expect(attributes).toMatchObject({ 'task.attempt': 1, 'task.outcome': 'completed' });
  }
});

it("marks as an error the bad record's first attempt and nothing else", () => {
  const errors = stack.telemetry.spans().filter(({ status }) => status.code === 'ERROR');

  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({
    traceId: traceOf(BAD),
    attributes: { 'task.attempt': 1, 'error.type': 'WarehouseOffline' },
  });
});

it('logs each record with its own task and trace, though they run side by side', () => {
  const logs = stack.telemetry.logs().filter(({ attributes }) => attributes['task.id']);

  expect(logs.length).toBeGreaterThan(2 * messages.length);
  for (const { attributes, traceId } of logs) {
    const span = attempts.find((each) => each.attributes['task.id'] === attributes['task.id']);
    expect(traceId).toBe(span?.traceId);
  }
});

it('uses the id of the SQS message where a message has none', () => {
  const span = attempts.find(({ traceId }) => traceId === messages[4]?.traceId);

  expect(span?.attributes['task.id']).toBe(span?.attributes['messaging.message.id']);
});

it('leaves nothing behind', async () => {
  expect(await stack.messageCount(QUEUE)).toBe(0);
  expect(await stack.messageCount(DEAD_LETTER_QUEUE)).toBe(0);
});

function processSpans(): ReceivedSpan[] {
  return stack.telemetry.spans().filter(({ name }) => name === 'process default');
}

function isSecondAttempt({ attributes }: ReceivedSpan): boolean {
  return attributes['task.id'] === BAD && attributes['task.attempt'] === 2;
}

function invocations(): Promise<ReceivedSpan[]> {
  return stack.telemetry.waitFor(
    ({ spans }) => {
      const found = spans().filter(({ kind }) => kind === 'SERVER');
      return found.length >= 2 && found;
    },
    { describe: 'the spans of two invocations' },
  );
}

function traceOf(taskId: string): string | undefined {
  return messages.find(({ body }) => body.id === taskId)?.traceId;
}
