import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReceivedSpan } from '../../local/otlp/telemetry-record.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { spanNamed, spanTree } from '../support/span-tree.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { API_FUNCTION, QUEUE, WORKER_FUNCTION } from '../support/test-stack-description.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

it('is one trace from the HTTP request to the innermost span of the task', async () => {
  const answer = await stack.post('process_order', { order_id: 'o-1' });

  expect(answer).toMatchObject({
    status: 202,
    body: { task: 'process_order', queue: 'default', trace_id: expect.any(String) },
  });
  expect(answer.body.id).toMatch(UUID_V7);
  expect(spanTree(await stack.trace(answer))).toEqual([
    'SERVER POST /tasks/{task}',
    '  PRODUCER send default',
    '    CONSUMER process default',
    '      INTERNAL fetch_order',
    '      INTERNAL validate_order',
    '      INTERNAL process_items',
    '      INTERNAL send_notification',
  ]);
});

it("continues the caller's trace and its trace state", async () => {
  const answer = await stack.post(
    'process_order',
    { order_id: 'o-2' },
    { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01`, tracestate: 'vendor=abc' },
  );

  expect(answer.body.trace_id).toBe(CALLER.traceId);
  const spans = await stack.trace(answer);
  expect(spanNamed(spans, 'POST /tasks/{task}').parentSpanId).toBe(CALLER.spanId);
  expect(spanNamed(spans, 'process default').traceState).toBe('vendor=abc');
  expect(spanTree(spans)).toHaveLength(7);
});

it('begins a trace of its own where the caller sends nonsense', async () => {
  const answer = await stack.post('process_order', { order_id: 'o-3' }, { traceparent: '00-zz-1' });

  expect(answer.status).toBe(202);
  const spans = await stack.trace(answer);
  expect(spanNamed(spans, 'POST /tasks/{task}').parentSpanId).toBeUndefined();
});

it('links the task to its invocation, whose own trace links to the message', async () => {
  const spans = await stack.trace(await stack.post('process_order', { order_id: 'o-4' }));
  const task = spanNamed(spans, 'process default');
  const invocation = await invocationOf(task);

  expect(task.links).toHaveLength(1);
  expect(invocation).toMatchObject({ name: WORKER_FUNCTION, kind: 'SERVER' });
  expect(invocation.parentSpanId).toBeUndefined();
  expect(invocation.traceId).not.toBe(task.traceId);
  const { traceId, spanId } = spanNamed(spans, 'send default');
  expect(invocation.links).toEqual([{ traceId, spanId, attributes: {} }]);
  expect(invocation.attributes).toMatchObject({
    'faas.trigger': 'pubsub',
    'faas.coldstart': expect.any(Boolean),
    'messaging.batch.message_count': 1,
    ...faasKeys(WORKER_FUNCTION),
  });
  expect(invocation.attributes['faas.invocation.id']).toBe(
    invocation.attributes['faas.invocation_id'],
  );
});

it('has the attributes of the telemetry contract on every span', async () => {
  const answer = await stack.post('process_order', { order_id: 'o-5' });
  const spans = await stack.trace(answer);

  const http = spanNamed(spans, 'POST /tasks/{task}').attributes;
  expect(http).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/tasks/{task}',
    'url.path': '/tasks/process_order',
    'http.response.status_code': 202,
    'faas.trigger': 'http',
    ...faasKeys(API_FUNCTION),
  });
  expect(http['faas.invocation.id']).toBe(http['faas.invocation_id']);

  const send = spanNamed(spans, 'send default').attributes;
  const process = spanNamed(spans, 'process default').attributes;
  const task = { 'task.name': 'process_order', 'task.id': answer.body.id };
  expect(send).toMatchObject({ ...messagingKeys('send'), ...task });
  expect(process).toMatchObject({
    ...messagingKeys('process'),
    ...task,
    'task.attempt': 1,
    'task.outcome': 'completed',
    'task.wait_ms': expect.any(Number),
  });
  expect(process['messaging.message.id']).toBe(send['messaging.message.id']);
  expect(process['task.wait_ms']).toBeLessThan(5_000);
  for (const span of spans) {
    expect(span.status.code).not.toBe('ERROR');
    expect(span.events).toEqual([]);
  }
});

it('tells where every span comes from, and counts no Lambda as a host', async () => {
  const spans = await stack.trace(await stack.post('process_order', { order_id: 'o-6' }));

  for (const { kind, resource } of spans) {
    const functionName = ['SERVER', 'PRODUCER'].includes(kind) ? API_FUNCTION : WORKER_FUNCTION;
    expect(resource).toMatchObject({
      'service.name': 'shop',
      'service.version': '7.8.9',
      'service.instance.id': expect.any(String),
      'deployment.environment': 'e2e',
      'deployment.environment.name': 'e2e',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_lambda',
      'cloud.region': 'us-east-1',
      'cloud.account.id': '000000000000',
      'faas.name': functionName,
      'faas.version': '$LATEST',
      'faas.instance': expect.stringMatching(/\[\$LATEST\][0-9a-f]{32}$/),
      'faas.max_memory': expect.any(Number),
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
      'telemetry.distro.name': 'leadline',
      'telemetry.distro.version': expect.any(String),
    });
    expect(resource).not.toHaveProperty('host.name');
  }
});

it('sends no span of a trace that the caller did not sample, but its logs', async () => {
  const traceId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
  const before = workerReports();
  await stack.post(
    'process_order',
    { order_id: 'o-7' },
    { traceparent: `00-${traceId}-${CALLER.spanId}-00` },
  );

  await stack.telemetry.waitFor(
    ({ logs }) => logs().some((log) => log.body === 'task completed' && log.traceId === traceId),
    { describe: 'the log of a task whose trace is not sampled' },
  );
  await waitUntil('the end of the invocation', () => workerReports() > before);
  expect(stack.telemetry.trace(traceId)).toEqual([]);
});

function workerReports(): number {
  return stack.reports.filter(({ functionName }) => functionName === WORKER_FUNCTION).length;
}

/** An invocation's span ends after its tasks' spans and may be sent after them. */
function invocationOf({ links }: ReceivedSpan): Promise<ReceivedSpan> {
  return stack.telemetry.waitFor(
    ({ spans }) => spans().find(({ spanId }) => spanId === links[0]?.spanId),
    { describe: 'the span that the task links to' },
  );
}

function faasKeys(functionName: string): Record<string, unknown> {
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  return {
    'faas.invocation_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'cloud.resource_id': arn,
    'aws.lambda.invoked_arn': arn,
  };
}

function messagingKeys(operation: 'send' | 'process'): Record<string, unknown> {
  return {
    'messaging.system': 'aws_sqs',
    'messaging.system.name': 'aws.sqs',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': QUEUE,
    'messaging.message.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'aws.sqs.queue.url': stack.sqs.queueUrl(QUEUE),
  };
}
