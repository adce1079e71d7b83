import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseForeign } from './refuse-foreign.ts';
import { STACK_PATH } from './tell-stack.ts';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface FrontServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The one port for people: `/otlp/…` is the OTLP receiver, `/.leadline` tells the commands what runs
 * here, everything else is the HTTP API.
 *
 * @param port 0 picks a free one.
 * @throws with what to do when the port is taken.
 */
export async function startFrontServer(
  port: number,
  listeners: { otlp: RequestListener; tell: RequestListener; api: RequestListener },
): Promise<FrontServer> {
  const server = createServer((request, response) => {
    const refusal = refuseForeign(request);
    if (refusal !== undefined) {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: refusal }));
      return;
    }
    if (request.url === STACK_PATH) {
      listeners.tell(request, response);
      return;
    }
    const isOtlp = request.url === '/otlp' || request.url?.startsWith('/otlp/');
    (isOtlp ? listeners.otlp : listeners.api)(request, response);
  });
  // The functions' exporters keep connections open while they are frozen.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  const problems: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken. Set PORT to another one, or to 0 for any that is free.`,
    EACCES: `Port ${port} needs more rights than this process has. Set PORT to one above 1023.`,
  };
  const problem = problems[error.code ?? ''];
  return problem === undefined ? error : new Error(problem, { cause: error });
}
