import { randomBytes, randomUUID } from 'node:crypto';

/** What a RequestResponse invocation answers. */
export interface InvocationResult {
  requestId: string;
  /** The response, or the error as `{"errorType","errorMessage","trace"}`: JSON either way. */
  payload: string;
  /** Present when the function failed. Lambda itself only ever says `Unhandled` for Node.js. */
  functionError?: 'Unhandled' | 'Handled';
}

/** One invocation on its way through the service, apart from where and how long it runs. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  /** X-Ray's header value, unsampled, as where active tracing is off. */
  readonly traceHeader: string;
  readonly result: Promise<InvocationResult>;
  readonly answer: InvocationResult | undefined;
  /** The first answer counts; later ones are ignored. */
  respond(payload: string): void;
  fail(payload: string): void;
  /** The service, not the function, failed: the caller's promise rejects. */
  abandon(error: Error): void;
}

export function createInvocation(event: string): Invocation {
  const { promise, resolve, reject } = Promise.withResolvers<InvocationResult>();
  const requestId = randomUUID();
  let answer: InvocationResult | undefined;

  function settle(given: InvocationResult): void {
    answer ??= given;
    resolve(answer);
  }

  return {
    requestId,
    event,
    traceHeader: createTraceHeader(),
    result: promise,
    get answer() {
      return answer;
    },
    respond: (payload) => settle({ requestId, payload }),
    fail: (payload) => settle({ requestId, payload, functionError: 'Unhandled' }),
    abandon: reject,
  };
}

function createTraceHeader(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const root = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
