import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseForeign } from '../../cli/console/http/refuse-foreign.ts';
import type { RequestListener } from '../front-server.ts';
import type { SqsRequest } from './sqs-action.ts';
import { SqsRefusal } from './sqs-refusal.ts';

export interface SqsListenerHandlers {
  run: RunSqsAction;
  /** Gets every request that is not for SQS. @default refused */
  otherServices?: RequestListener | undefined;
}

export type RunSqsAction = (
  action: string,
  request: SqsRequest,
  signal: AbortSignal,
) => Promise<object>;

export interface SqsListener {
  port: number;
  /** Answers the long polls that are open, then closes. */
  stop(): Promise<void>;
}

/** A request may carry 1 MiB of content, and JSON escapes a character to at most six bytes. */
const maxRequestBytes = 8 * 1_048_576;

const SQS_TARGET = 'AmazonSQS.';

/** Listens on 127.0.0.1 for SQS's AWS JSON 1.0 protocol. */
export async function startSqsListener(
  port: number,
  { run, otherServices }: SqsListenerHandlers,
): Promise<SqsListener> {
  const open = new Set<AbortController>();
  let stopping = false;
  const server = createServer((request, response) => {
    const refusal = refuseForeign(request);
    if (refusal !== undefined) {
      send(response, 403, { __type: 'AccessDeniedException', message: refusal });
      return;
    }
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!target.startsWith(SQS_TARGET) && otherServices !== undefined) {
      otherServices(request, response);
      return;
    }
    const abort = new AbortController();
    open.add(abort);
    if (stopping) abort.abort();
    response.once('close', () => {
      open.delete(abort);
      if (!response.writableEnded) abort.abort();
    });
    void answer(request, response, run, abort.signal);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      stopping = true;
      for (const abort of open) abort.abort();
      const closed = once(server, 'close');
      server.close();
      const force = setTimeout(() => server.closeAllConnections(), 200);
      await closed;
      clearTimeout(force);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  run: RunSqsAction,
  signal: AbortSignal,
): Promise<void> {
  try {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!target.startsWith(SQS_TARGET)) {
      throw new SqsRefusal(
        'InvalidAction',
        'Only SQS in the AWS JSON 1.0 protocol is served here.',
      );
    }
    const body = await readJson(request);
    send(response, 200, await run(target.slice(SQS_TARGET.length), body, signal), signal);
  } catch (error) {
    refuse(response, error, signal);
  }
}

async function readJson(request: IncomingMessage): Promise<SqsRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxRequestBytes) {
      throw new SqsRefusal('InvalidParameterValue', `Request over ${maxRequestBytes} bytes.`);
    }
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as SqsRequest;
  } catch {
    throw new SqsRefusal('SerializationException', 'The request body is not JSON.');
  }
}

function refuse(response: ServerResponse, error: unknown, signal: AbortSignal): void {
  const known = error instanceof SqsRefusal;
  const code = known ? error.code : 'InternalError';
  const message = error instanceof Error ? error.message : String(error);
  // The SDK puts this header's code into `error.Code`, and one code has an older name there.
  const queryCode = code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code;
  if (!response.headersSent) {
    response.setHeader('x-amzn-query-error', `${queryCode};${known ? 'Sender' : 'Receiver'}`);
  }
  send(response, known ? 400 : 500, { __type: `com.amazonaws.sqs#${code}`, message }, signal);
}

function send(response: ServerResponse, status: number, body: object, signal?: AbortSignal): void {
  if (response.destroyed) return;
  // Aborted and yet not destroyed: the server stops, and the connection must not be kept.
  if (signal?.aborted) response.setHeader('connection', 'close');
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
