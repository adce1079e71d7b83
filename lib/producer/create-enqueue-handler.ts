import {
  type Context,
  context as contextApi,
  propagation,
  SpanStatusCode,
} from '@opentelemetry/api';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context as LambdaContext,
} from 'aws-lambda';
import type { StateUnavailable } from '../errors/state-unavailable.ts';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { EMPTY_CONTEXT } from '../instrumentation/empty-context.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { startInvocationSpan } from '../instrumentation/invocation-span.ts';
import { createLog } from '../instrumentation/log.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Task } from '../task/define-task.ts';
import type { Log } from '../task/task-context.ts';
import { createTaskRegistry } from '../task/task-registry.ts';
import { answerEnqueue } from './answer-enqueue.ts';
import type { Producer } from './create-producer.ts';
import { problemResponse } from './problem.ts';
import { stateUnavailable } from './state-unavailable-response.ts';

export interface EnqueueHandlerOptions {
  /** Contracts; only those with `http: true` are served, all others are 404. */
  tasks: readonly Task[];
  producer: Producer;
  /** @default none: `GET` and `DELETE` of /tasks/{id}, and Idempotency-Key, are answered by 501 */
  state?: TaskState;
  /** @default none: spans go to whatever OpenTelemetry set-up there is, and nothing is flushed */
  telemetry?: TelemetryHandle;
}

export type EnqueueHandler = (
  event: APIGatewayProxyEventV2,
  context: LambdaContext,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda handler of `POST /tasks/{task}` behind an HTTP API (payload format 2.0): 202 with
 * `{"id","task","queue","trace_id"}` once SQS has the message, or a problem of RFC 9457. With task
 * state it also answers `GET /tasks/{id}` and `DELETE /tasks/{id}`.
 */
export function createEnqueueHandler(options: EnqueueHandlerOptions): EnqueueHandler {
  const { producer, telemetry, state } = options;
  const tasks = createTaskRegistry(options.tasks.filter((task) => task.http));
  const baseLog = createLog({
    service: telemetry?.serviceName ?? 'leadline',
    level: telemetry?.logLevel ?? 'info',
  });
  let instruments: Instruments | undefined;

  const handle: EnqueueHandler = async (event, lambdaContext) => {
    const coldStart = instruments === undefined;
    instruments ??= createInstruments();
    if (coldStart) instruments.coldStarts.add(1);
    const { method, path } = event.requestContext.http;
    const route = method === 'POST' ? '/tasks/{task}' : '/tasks/{id}';
    const { span, context } = startInvocationSpan({
      name: `${method} ${route}`,
      trigger: 'http',
      info: lambdaContext,
      coldStart,
      parent: callerContext(event),
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'url.path': path,
      },
    });
    const log = baseLog.bind({ requestId: lambdaContext.awsRequestId, context });
    let response: APIGatewayProxyStructuredResultV2;
    try {
      response = await contextApi.with(context, () =>
        method === 'POST'
          ? answerEnqueue(event, tasks, producer, state, log)
          : answerAbout(event, state, log),
      );
      const { statusCode = 200 } = response;
      if (statusCode >= 500) {
        span.setAttribute(ERROR_TYPE, String(statusCode));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
    } catch (error) {
      recordFailure(span, error);
      log.error(method === 'POST' ? 'enqueue failed' : 'request failed', { error });
      response = problemResponse({ status: 500, detail: 'The request could not be handled.' });
    }
    span.setAttribute('http.response.status_code', response.statusCode ?? 200);
    span.end();
    return response;
  };

  return async (event, lambdaContext) => {
    try {
      return await handle(event, lambdaContext);
    } finally {
      // Also after an event that is no HTTP event: a flush that is not asked for holds the instance.
      const { awsRequestId: requestId } = lambdaContext;
      const remainingMs = lambdaContext.getRemainingTimeInMillis();
      await telemetry?.flush({ requestId, remainingMs });
    }
  };
}

/** Loaded when it is first asked for: to enqueue needs none of it. */
async function answerAbout(
  event: APIGatewayProxyEventV2,
  state: TaskState | undefined,
  log: Log,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { answerRead, answerRevoke } = await import('./answer-task.ts');
  try {
    const { method } = event.requestContext.http;
    return await (method === 'DELETE' ? answerRevoke(event, state) : answerRead(event, state));
  } catch (error) {
    // By code and not by class: the state may be of another copy of this package.
    const code = (error as Partial<StateUnavailable> | null)?.code;
    if (code === 'STATE_UNAVAILABLE') return stateUnavailable(error as StateUnavailable, log);
    throw error;
  }
}

/** HTTP API gives header names in lower case, as the propagators ask for them. */
function callerContext(event: APIGatewayProxyEventV2): Context {
  try {
    return propagation.extract(EMPTY_CONTEXT, event.headers);
  } catch {
    return EMPTY_CONTEXT;
  }
}
