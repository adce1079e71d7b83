import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createOtlpReceiver } from '../../../local/otlp/otlp-receiver.ts';
import { createTelemetryStore, type TelemetryStore } from '../../../local/otlp/telemetry-store.ts';

export interface OtlpBackend {
  /** OTLP base, for ONEUPTIME_ENDPOINT. */
  endpoint: string;
  store: TelemetryStore;
  /** `port` is the client's: one a connection. */
  requests: { path: string; headers: IncomingHttpHeaders; at: number; port?: number }[];
  /** From now on. */
  behave(behaviour: Behaviour): void;
  /** Open ones. */
  connections(): Promise<number>;
  /** As a proxy does with idle ones. */
  closeIdleConnections(): void;
}

/** How a backend behaves; `take` is the real receiver of local/otlp. */
export type Behaviour = 'take' | 'hang' | 'reset' | number | Answer;
type Answer = (request: IncomingMessage, response: ServerResponse, take: () => void) => void;

export interface BackendOptions {
  /** @default 0, a free one */
  port?: number;
  onFinished?: (stop: () => Promise<void>) => void;
}

/** An OTLP backend over real HTTP, for the length of the test. */
export async function startBackend(
  first: Behaviour = 'take',
  { port = 0, onFinished = onTestFinished }: BackendOptions = {},
): Promise<OtlpBackend> {
  const store = createTelemetryStore();
  const receive = createOtlpReceiver({ store });
  const requests: OtlpBackend['requests'] = [];
  let behaviour = first;
  const server = createServer((request, response) => {
    const { url: path = '', headers, socket } = request;
    const { remotePort: port } = socket;
    requests.push({ path, headers, at: Date.now(), ...(port && { port }) });
    answer(behaviour, request, response, () => receive(request, response));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${actual}/otlp`,
    store,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    closeIdleConnections: () => server.closeIdleConnections(),
  };
}

function answer(
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
  take: () => void,
): void {
  if (behaviour === 'take') take();
  else if (typeof behaviour === 'function') behaviour(request, response, take);
  else if (behaviour === 'reset') request.socket.resetAndDestroy();
  else {
    request.resume();
    if (behaviour !== 'hang') request.on('end', () => response.writeHead(behaviour).end('{}'));
  }
}

/** The first request of each signal gets `first`, the others are taken. */
export function firstOnly(first: Behaviour): Behaviour {
  const seen = new Set<string>();
  return (request, response, take) => {
    const { url = '' } = request;
    const behaviour = seen.has(url) ? 'take' : first;
    seen.add(url);
    answer(behaviour, request, response, take);
  };
}

/** Answers when the whole request has been read. */
export function respond(status: number, body: string | Buffer = '{}', headers = {}): Answer {
  return (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  };
}
