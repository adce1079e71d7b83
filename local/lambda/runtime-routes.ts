import type { IncomingMessage, ServerResponse } from 'node:http';
import { responseTooLargeError } from './function-error.ts';
import type { Invocation } from './invocation.ts';
import { replyAccepted, replyError } from './json-reply.ts';
import { createLongPoll } from './long-poll.ts';
import { readBody } from './read-body.ts';

/** Lambda's limit of a response: 6 MB and a little. */
const maximumResponseBytes = 6 * 1024 * 1024 + 100;

/** The Runtime API, 2018-06-01, without its paths. */
export interface RuntimeRoutes {
  /** The runtime waits for its next event. */
  readonly waiting: boolean;
  /** The runtime has asked for an event at least once: registration of extensions is over. */
  readonly started: boolean;
  deliver(invocation: Invocation, deadlineMs: number, functionArn: string): void;
  next(response: ServerResponse): void;
  answer(
    kind: 'response' | 'error',
    requestId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void>;
  initError(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface RuntimeListener {
  /** The runtime asked for its next event. */
  onNext(): void;
  /** A response or an error was posted; the invocation has its answer. */
  onAnswer(): void;
  onInitError(payload: string): void;
}

export function createRuntimeRoutes(listener: RuntimeListener): RuntimeRoutes {
  const poll = createLongPoll();
  let started = false;
  let unanswered: Invocation | undefined;

  return {
    get waiting() {
      return poll.waiting;
    },
    get started() {
      return started;
    },
    deliver(invocation, deadlineMs, functionArn) {
      unanswered = invocation;
      poll.release(invocation.event, {
        'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
        'Lambda-Runtime-Deadline-Ms': String(deadlineMs),
        'Lambda-Runtime-Invoked-Function-Arn': functionArn,
        'Lambda-Runtime-Trace-Id': invocation.traceHeader,
      });
    },
    next(response) {
      if (unanswered !== undefined || poll.waiting) {
        const state = unanswered === undefined ? 'Ready' : 'Running';
        refuseState(response, state, 'Ready');
        return;
      }
      started = true;
      poll.park(response);
      listener.onNext();
    },
    async answer(kind, requestId, request, response) {
      const payload = await readBody(request, maximumResponseBytes);
      const invocation = unanswered;
      if (invocation?.requestId !== requestId) {
        replyError(response, 400, 'InvalidRequestID', 'Invalid request ID');
        return;
      }
      unanswered = undefined;
      if (payload === undefined) {
        invocation.fail(responseTooLargeError(maximumResponseBytes));
        const message = `Exceeded maximum allowed payload size (${maximumResponseBytes} bytes).`;
        replyError(response, 413, 'RequestEntityTooLarge', message);
      } else {
        invocation[kind === 'error' ? 'fail' : 'respond'](payload);
        replyAccepted(response);
      }
      listener.onAnswer();
    },
    async initError(request, response) {
      const payload = await readBody(request);
      if (started) {
        refuseState(response, 'Ready', 'InitError');
        return;
      }
      replyAccepted(response);
      listener.onInitError(payload ?? '');
    },
  };
}

function refuseState(response: ServerResponse, from: string, to: string): void {
  const message = `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`;
  replyError(response, 403, 'InvalidStateTransition', message);
}
