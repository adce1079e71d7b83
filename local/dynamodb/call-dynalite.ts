import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';

export interface DynamoDbRequest {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer | string;
}

export interface DynamoDbAnswer {
  status: number;
  headers: Record<string, string | number>;
  body: string;
}

/**
 * Hands a whole request to dynalite, whose server need not listen for that. On a socket of its own
 * it would throw, outside of any promise, when a client hangs up in the middle of a request, as a
 * function does that is killed; and it throws in the same way at a request that it did not expect.
 */
export function callDynalite(dynalite: Server, request: DynamoDbRequest): Promise<DynamoDbAnswer> {
  const { method = 'POST', headers, body } = request;
  // Without an Origin: dynalite would open the answer to the pages of every site.
  const { origin, ...others } = headers;
  const incoming = Object.assign(new EventEmitter(), { method, url: '/', headers: others });
  return new Promise((resolve) => {
    const response = new DynaliteResponse(resolve);
    try {
      dynalite.emit('request', incoming, response);
      incoming.emit('data', Buffer.from(body));
      incoming.emit('end');
    } catch (error) {
      resolve(internalError(error));
    }
  });
}

/** What dynalite uses of a `ServerResponse`. */
class DynaliteResponse {
  statusCode = 200;
  private readonly headers: Record<string, string | number> = {};
  private readonly done: (answer: DynamoDbAnswer) => void;

  constructor(done: (answer: DynamoDbAnswer) => void) {
    this.done = done;
  }

  setHeader(name: string, value: string | number): void {
    this.headers[name.toLowerCase()] = value;
  }

  end(body = ''): void {
    this.done({ status: this.statusCode, headers: this.headers, body });
  }
}

function internalError(error: unknown): DynamoDbAnswer {
  return {
    status: 500,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: `dynalite failed: ${(error as Error).message}`,
    }),
  };
}
