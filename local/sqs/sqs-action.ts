import type { FauxqsEngine } from './fauxqs-engine.ts';
import type { QueueArrivals } from './parity/queue-arrivals.ts';

/** The JSON body of a request in SQS's AWS JSON 1.0 protocol. */
export type SqsRequest = Record<string, unknown>;

export interface SqsActionContext {
  engine: FauxqsEngine;
  arrivals: QueueArrivals;
  /** What queue URLs begin with: `http://127.0.0.1:PORT`. */
  endpoint: string;
  /** Aborted when the client hangs up or the server stops. */
  signal: AbortSignal;
}

/** One action of the SQS API. @throws SqsRefusal */
export type SqsAction = (request: SqsRequest, context: SqsActionContext) => Promise<object>;
