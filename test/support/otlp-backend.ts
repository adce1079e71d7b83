import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtlpBackend {
  /** OTLP base, for ONEUPTIME_ENDPOINT. */
  readonly endpoint: string;
  readonly requests: readonly { path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  stop(): Promise<void>;
}

/** Takes everything and keeps it as it came. */
export async function startOtlpBackend(): Promise<OtlpBackend> {
  const requests: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
