import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault = 'refused' | 'hung' | 'reset';

/** An OTLP backend in trouble: it stands before the stack's receiver and fails a third of the time. */
export interface FaultyOtlp {
  /** OTLP base for the functions. */
  readonly endpoint: string;
  /** Exports that were passed on, and those that met each fault. */
  readonly counts: Readonly<Record<Fault | 'passed', number>>;
  /** Where to pass on to; begins the clock of the faults. */
  forwardTo(url: string): void;
  stop(): Promise<void>;
}

const FAULTS: readonly Fault[] = ['refused', 'hung', 'reset'];

/** Two seconds well, one second of a fault, then the next fault. */
function faultAt(elapsedMs: number): Fault | undefined {
  const second = Math.floor(elapsedMs / 1_000);
  return second % 3 === 2 ? FAULTS[Math.floor(second / 3) % FAULTS.length] : undefined;
}

export async function startFaultyOtlp(): Promise<FaultyOtlp> {
  const counts = { passed: 0, refused: 0, hung: 0, reset: 0 };
  let target: string | undefined;
  let start = 0;

  const server = createServer((request, response) => {
    const fault = target === undefined ? 'refused' : faultAt(performance.now() - start);
    counts[fault ?? 'passed'] += 1;
    if (fault === 'refused') response.writeHead(503).end();
    else if (fault === 'reset') request.socket.resetAndDestroy();
    // One that hangs is left alone until its client has had enough.
    else if (fault === undefined) pass(request, response, `${target}${request.url}`);
  });
  // The functions' exporters keep connections open while they are frozen.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/otlp`,
    counts,
    forwardTo(url) {
      target = url;
      start = performance.now();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Either side may leave at any time: instances are killed in the middle of an export. */
function pass(request: IncomingMessage, response: ServerResponse, url: string): void {
  const { method = 'POST', headers } = request;
  const onward = httpRequest(url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  request.on('error', () => onward.destroy());
  response.on('error', () => onward.destroy());
  request.pipe(onward);
}
