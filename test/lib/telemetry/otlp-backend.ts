import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createOtlpReceiver } from '../../../local/otlp/otlp-receiver.ts';
import { createTelemetryStore, type TelemetryStore } from '../../../local/otlp/telemetry-store.ts';

export interface OtlpBackend {
  /** OTLP base, for ONEUPTIME_ENDPOINT. */
  endpoint: string;
  store: TelemetryStore;
  requests: { path: string; headers: IncomingHttpHeaders }[];
}

/** How a backend behaves; `take` is the real receiver of local/otlp. */
export type Behaviour = 'take' | 'hang' | 'reset' | number;

/** An OTLP backend over real HTTP, for the length of the test. */
export async function startBackend(
  behaviour: Behaviour = 'take',
  onFinished: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<OtlpBackend> {
  const store = createTelemetryStore();
  const take = createOtlpReceiver({ store });
  const requests: OtlpBackend['requests'] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    if (behaviour === 'take') take(request, response);
    else if (behaviour === 'reset') request.socket.resetAndDestroy();
    else {
      request.resume();
      if (behaviour !== 'hang') request.on('end', () => response.writeHead(behaviour).end('{}'));
    }
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}/otlp`, store, requests };
}
