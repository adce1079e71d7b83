import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { InvalidPayload } from '../errors/invalid-payload.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { KeyedRequest } from '../state/idempotency-keys.ts';
import type { Task } from '../task/define-task.ts';
import type { Log } from '../task/task-context.ts';
import { createTaskId } from '../task/task-message.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { Producer } from './create-producer.ts';
import { enqueuedResponse } from './json-response.ts';
import { serialize } from './prepare-message.ts';
import { problemResponse } from './problem.ts';

/** What the header may be: a token of the caller's, as UUIDs are. */
const KEY = /^[ -~]{1,255}$/;

/**
 * Enqueues once for an `Idempotency-Key`, however often the request comes: 202 for the first, 200
 * with the same id for a repeat, 409 for the same key with another payload or while the first is
 * under way.
 *
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 *
 * @throws what `enqueue` throws, and StateUnavailable.
 */
export async function enqueueKeyed(
  { task, payload, key }: { task: Task; payload: unknown; key: string },
  producer: Producer,
  state: TaskState | undefined,
  log: Log,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (state === undefined) {
    const detail =
      'Idempotency-Key needs task state, which is off here. Send the request without it.';
    return problemResponse({ status: 501, detail });
  }
  if (!KEY.test(key)) {
    const detail = 'Idempotency-Key has to be 1 to 255 printable ASCII characters.';
    return problemResponse({ status: 400, detail });
  }
  // Before the key is taken: a caller may correct the payload and keep the key.
  await validatePayload(task, serialize(task, payload));
  const request: KeyedRequest = { task: task.name, key, payload, id: createTaskId() };
  const claim = await state.keys.claim(request).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    const message = 'is nested too deeply for an Idempotency-Key';
    throw new InvalidPayload(task.name, [{ path: [], message }]);
  });
  switch (claim.kind) {
    case 'sent':
      return enqueuedResponse(200, { ...claim, task: task.name });
    case 'conflict':
      return problemResponse({
        status: 409,
        detail: 'This Idempotency-Key came with another payload before. Use a new key.',
      });
    case 'busy':
      return problemResponse({
        status: 409,
        detail: 'A request with this Idempotency-Key is under way.',
        headers: { 'retry-after': String(claim.retryAfterSeconds) },
      });
    case 'send':
      return send(task, { ...request, id: claim.id }, producer, state, log);
  }
}

async function send(
  task: Task,
  request: KeyedRequest,
  producer: Producer,
  { keys }: TaskState,
  log: Log,
): Promise<APIGatewayProxyStructuredResultV2> {
  const warn = (error: unknown) =>
    log.warn('an Idempotency-Key could not be written; its lease applies', {
      'error.message': toError(error).message,
    });
  try {
    const enqueued = await producer.enqueue(task, request.payload, { id: request.id });
    await keys.confirm(request, enqueued).catch(warn);
    return enqueuedResponse(202, enqueued);
  } catch (error) {
    // Where SQS may have taken it all the same, the key keeps its lease.
    if ((error as Partial<EnqueueFailed>).retryable !== true) {
      await keys.release(request).catch(warn);
    }
    throw error;
  }
}
