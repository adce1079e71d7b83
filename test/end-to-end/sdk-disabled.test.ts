import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { startTestStack, type TestStack, untilEmpty } from '../support/test-stack.ts';
import { API_FUNCTION, WORKER_FUNCTION } from '../support/test-stack-description.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ environment: { OTEL_SDK_DISABLED: 'true' } });
});
afterAll(() => stack?.stop());

it('OTEL_SDK_DISABLED: tasks run and log to stdout, and nothing is exported', async () => {
  const { status, body } = await stack.post('process_order', { order_id: 'o-1' });

  expect(status).toBe(202);
  expect(body).toMatchObject({ id: expect.any(String), trace_id: null });
  await waitUntil('the line of the completed task', () => isCompleted(body.id));
  await untilEmpty(stack);
  await untilReported(API_FUNCTION, WORKER_FUNCTION);
  const { telemetry } = stack;
  expect([...telemetry.spans(), ...telemetry.points(), ...telemetry.logs()]).toEqual([]);
});

it("OTEL_SDK_DISABLED: the caller's trace id still reaches the logs", async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const { body } = await stack.post('process_order', { order_id: 'o-2' }, headers);

  expect(body.trace_id).toBe(traceId);
  const line = await waitUntil('the line of the completed task', () => isCompleted(body.id));
  expect(line['trace_id']).toBe(traceId);
});

function isCompleted(id: string) {
  return stack
    .logLines()
    .find((line) => line['message'] === 'task completed' && line['task.id'] === id);
}

/** An invocation's report comes after its last export. */
async function untilReported(...functionNames: string[]): Promise<void> {
  await waitUntil('the reports of both functions', () =>
    functionNames.every((name) => stack.reports.some(({ functionName }) => functionName === name)),
  );
}
