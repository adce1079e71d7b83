import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { EnqueueFailed } from '../errors/enqueue-failed.ts';
import type { InvalidPayload, PayloadIssue } from '../errors/invalid-payload.ts';
import type { LeadlineError } from '../errors/leadline-error.ts';
import type { MessageTooLarge } from '../errors/message-too-large.ts';
import type { StateUnavailable } from '../errors/state-unavailable.ts';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Task } from '../task/define-task.ts';
import type { Log } from '../task/task-context.ts';
import { MAX_MESSAGE_BYTES } from '../task/task-message.ts';
import type { TaskRegistry } from '../task/task-registry.ts';
import type { Producer } from './create-producer.ts';
import { enqueuedResponse } from './json-response.ts';
import { problemResponse } from './problem.ts';
import { stateUnavailable } from './state-unavailable-response.ts';

/** Room for what a message adds to the payload: baggage (8 KiB by W3C), tracestate, our own keys. */
const MESSAGE_OVERHEAD_BYTES = 10 * 1024;
const MAX_BODY_BYTES = MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES;

/** Answers one POST /tasks/{task}. Everything that a caller can do wrong has its problem. */
export async function answerEnqueue(
  event: APIGatewayProxyEventV2,
  tasks: TaskRegistry,
  producer: Producer,
  state: TaskState | undefined,
  log: Log,
): Promise<APIGatewayProxyStructuredResultV2> {
  const name = event.pathParameters?.['task'] ?? '';
  const task = tasks.get(name);
  if (task === undefined) {
    const detail = `No task "${name.slice(0, 80)}" can be enqueued over HTTP.`;
    return problemResponse({ status: 404, detail });
  }
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > MAX_BODY_BYTES) return tooLarge(body.length, MAX_BODY_BYTES);
  const payload = parseJson(body);
  if ('problem' in payload) return problemResponse({ status: 400, detail: payload.problem });

  try {
    // Node and API Gateway give header names in lower case.
    const key = event.headers?.['idempotency-key'];
    if (key !== undefined) {
      const { enqueueKeyed } = await import('./enqueue-keyed.ts');
      return await enqueueKeyed({ task, payload: payload.value, key }, producer, state, log);
    }
    return enqueuedResponse(202, await producer.enqueue(task, payload.value));
  } catch (error) {
    return explain(error, task, log);
  }
}

function explain(error: unknown, task: Task, log: Log): APIGatewayProxyStructuredResultV2 {
  // By code and not by class: the producer may be of another copy of this package.
  if (hasCode<InvalidPayload>(error, 'INVALID_PAYLOAD')) {
    return problemResponse({
      status: 422,
      detail: `The payload does not fit the schema of ${task.name}.`,
      extensions: { errors: error.issues.map(describeIssue) },
    });
  }
  if (hasCode<MessageTooLarge>(error, 'MESSAGE_TOO_LARGE'))
    return tooLarge(error.bytes, error.limit);
  if (hasCode<StateUnavailable>(error, 'STATE_UNAVAILABLE')) return stateUnavailable(error, log);
  if (hasCode<EnqueueFailed>(error, 'ENQUEUE_FAILED')) {
    log.error('enqueue failed', {
      'task.name': task.name,
      [ERROR_TYPE]: errorType(error.cause),
      'error.message': error.message,
    });
    return problemResponse({
      status: 503,
      detail: 'The queue did not confirm that it took the message.',
      headers: { 'retry-after': '1' },
    });
  }
  throw error;
}

function hasCode<T extends LeadlineError>(error: unknown, code: T['code']): error is T {
  return (error as Partial<LeadlineError> | null)?.code === code;
}

function tooLarge(bytes: number, limit: number): APIGatewayProxyStructuredResultV2 {
  const detail = `The payload has ${bytes} bytes, and a message has room for ${limit}.`;
  return problemResponse({ status: 413, detail });
}

/** Any content type is read as JSON in UTF-8. */
function parseJson(body: Buffer): { value: unknown } | { problem: string } {
  if (body.length === 0) return { problem: 'The body is empty. Send the payload as JSON.' };
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message;
    return { problem: `The body is not JSON: ${reason}` };
  }
}

/** A JSON pointer as a URI fragment (RFC 6901, 6) beside the path, as RFC 9457's example has it. */
function describeIssue({ path, message }: PayloadIssue): Record<string, unknown> {
  const escaped = path.map((key) =>
    encodeURIComponent(String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return { path, pointer: ['#', ...escaped].join('/'), detail: message };
}
