import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One OTLP request as it came. */
export interface ReceivedExport {
  /** Each function exports to a path of its own: `/<function name>/v1/<signal>`. */
  functionName: string;
  signal: string;
  /** On the wire, headers left out. */
  bytes: number;
  gzip: boolean;
  body: Buffer;
}

/** A backend whose distance can be set. It decodes nothing while something is being measured. */
export interface OtlpStub {
  readonly url: string;
  /** Between the end of a request and its answer. */
  delayMs: number;
  /** Takes requests and never answers. */
  hanging: boolean;
  /** Whether bodies are kept. @default false */
  keeping: boolean;
  readonly received: readonly ReceivedExport[];
  clear(): void;
  stop(): Promise<void>;
}

export async function startOtlpStub(): Promise<OtlpStub> {
  let received: ReceivedExport[] = [];
  const server = createServer((request, response) => {
    read(request).then(
      (body) => {
        if (stub.keeping) received.push(describe(request, body));
        if (stub.hanging) return;
        const answer = () => {
          if (response.destroyed) return;
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 });
          response.end('{}');
        };
        if (stub.delayMs === 0) answer();
        else setTimeout(answer, stub.delayMs);
      },
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stub: OtlpStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    hanging: false,
    keeping: false,
    get received() {
      return received;
    },
    clear() {
      received = [];
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return stub;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function describe(request: IncomingMessage, body: Buffer): ReceivedExport {
  const [, functionName = '', , signal = ''] = (request.url ?? '').split('/');
  const gzip = request.headers['content-encoding'] === 'gzip';
  return { functionName, signal, bytes: body.length, gzip, body };
}

interface OtlpSpan {
  attributes?: { key: string; value: { stringValue?: string } }[];
}

interface TraceExport {
  resourceSpans?: { scopeSpans?: { spans?: OtlpSpan[] }[] }[];
}

/** How often the task span of each task id arrived. */
export function countTaskSpans(received: readonly ReceivedExport[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { signal, gzip, body } of received) {
    if (signal !== 'traces') continue;
    const text = (gzip ? gunzipSync(body) : body).toString('utf8');
    const { resourceSpans = [] } = JSON.parse(text) as TraceExport;
    const scopes = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans);
    for (const span of scopes.flatMap(({ spans = [] }) => spans)) {
      const id = span.attributes?.find(({ key }) => key === 'task.id')?.value.stringValue;
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}
