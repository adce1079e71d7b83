import { afterAll, beforeAll, expect, it } from 'vitest';
import { spanNamed, spanTree } from '../support/span-tree.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

it('shows the steps of a payment, with its id, its amount and its transaction', async () => {
  const spans = await stack.trace(
    await stack.post('process_payment', { payment_id: 'p-1', amount: 12.5 }),
  );

  expect(spanTree(spans)).toEqual([
    'SERVER POST /tasks/{task}',
    '  PRODUCER send default',
    '    CONSUMER process default',
    '      INTERNAL validate_payment',
    '      INTERNAL charge_card',
    '      INTERNAL send_confirmation',
  ]);
  expect(spanNamed(spans, 'process default').attributes).toMatchObject({
    'payment.id': 'p-1',
    'payment.amount': 12.5,
  });
  expect(spanNamed(spans, 'charge_card').attributes).toMatchObject({
    'transaction.id': expect.stringMatching(/^txn_p-1/),
  });
});

it.each([
  { payment_id: 'declined-1', type: 'NonRetryableError', message: /declined-1 was declined/ },
  { payment_id: 'flaky-1', type: 'GatewayTimeout', message: /did not answer in attempt 1/ },
])(
  'records the failed attempt of $payment_id as one error',
  async ({ payment_id, type, message }) => {
    const spans = await stack.trace(await stack.post('process_payment', { payment_id, amount: 5 }));
    const task = spanNamed(spans, 'process default');

    expect(task.status).toEqual({ code: 'ERROR', message: expect.stringMatching(message) });
    expect(task.attributes['error.type']).toBe(type);
    expect(task.attributes['task.outcome']).not.toBe('completed');
    const events = spans.flatMap((span) => span.events);
    expect(events).toHaveLength(1);
    expect(task.events).toMatchObject([
      {
        name: 'exception',
        attributes: {
          'exception.type': expect.any(String),
          'exception.message': expect.stringMatching(message),
          'exception.stacktrace': expect.stringContaining('at '),
        },
      },
    ]);
    expect(spans.map(({ name }) => name)).not.toContain('send_confirmation');
  },
);

it('leaves the request and the invocation of a failed task without an error', async () => {
  const spans = await stack.trace(
    await stack.post('process_payment', { payment_id: 'declined-2', amount: 5 }),
  );
  const link = spanNamed(spans, 'process default').links[0];
  const invocation = await stack.telemetry.waitFor(
    (telemetry) => telemetry.spans().find(({ spanId }) => spanId === link?.spanId),
    { describe: 'the invocation of the declined payment' },
  );

  const untouched = [invocation, spanNamed(spans, 'POST /tasks/{task}')];
  expect(untouched.map(({ status }) => status.code)).toEqual(['UNSET', 'UNSET']);
});
