import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardRequestBody, readRequestBody } from '../http-api/read-request-body.ts';
import { decodeOtlp, type OtlpSignal } from './decode-otlp.ts';
import { decompressGzip } from './decompress-gzip.ts';
import { InvalidOtlpError } from './invalid-otlp-error.ts';
import type { OtlpRelay } from './otlp-relay.ts';
import type { TelemetryStore } from './telemetry-store.ts';

export interface RejectedExport {
  /** The request's path. */
  path: string;
  statusCode: number;
  message: string;
}

export interface OtlpReceiverOptions {
  store: TelemetryStore;
  /** Is handed every accepted request as it came. */
  relay?: Pick<OtlpRelay, 'enqueue'> | undefined;
  /** Is told of every request that was not accepted. */
  onRejected?: ((rejected: RejectedExport) => void) | undefined;
}

/**
 * An OTLP/HTTP receiver under `/otlp`, as a request listener of `node:http`: JSON and protobuf,
 * gzip, and OneUptime's rules (`x-oneuptime-token`, any value; `GET /otlp/v1/validate`). At most
 * 4 MB a request as it is sent and 20 MB decompressed.
 *
 * Where OneUptime answers 200 and loses the data later (a malformed body, deflate) this one
 * refuses: on a developer's machine the mistake is to be seen.
 */
export function createOtlpReceiver(
  options: OtlpReceiverOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { store, relay, onRejected } = options;

  return (request, response) => {
    // The client may leave at any time, and an 'error' without a listener ends the process.
    response.on('error', () => {});
    answer(request)
      .then(async (answered) => {
        const { statusCode, reason } = answered;
        await discardRequestBody(request);
        send(response, answered);
        if (reason === undefined) return;
        onRejected?.({ path: pathOf(request), statusCode, message: reason });
      })
      .catch(() => response.destroy());
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = pathOf(request);
    const hasToken = (request.headers['x-oneuptime-token'] ?? '') !== '';
    if (path === '/otlp/v1/validate') {
      if (request.method !== 'GET') return refuse(405, 'Use GET', { allow: 'GET' });
      if (hasToken) return json(200, { valid: true, projectId: 'local' });
      return { ...json(401, { valid: false }), reason: missingToken };
    }
    const signal = signals.get(path);
    if (signal === undefined) return refuse(404, `There is nothing at ${path}`);
    if (request.method !== 'POST') return refuse(405, 'Use POST', { allow: 'POST' });
    if (!hasToken) return refuse(401, missingToken);
    return receive(signal, request);
  }

  async function receive(signal: OtlpSignal, request: IncomingMessage): Promise<Answer> {
    const contentType = request.headers['content-type'];
    const contentEncoding = request.headers['content-encoding'];
    const compression = contentEncoding?.trim().toLowerCase() ?? 'identity';
    if (compression !== 'identity' && compression !== 'gzip') {
      return refuse(415, `Content-Encoding '${compression}': OneUptime reads gzip only`);
    }
    const body = await readRequestBody(request, maxBodyBytes);
    if (body.tooLarge) return refuse(413, `The body is over ${maxBodyBytes} bytes`);

    try {
      const bytes =
        compression === 'gzip' ? await decompressGzip(body.bytes, maxBytes) : body.bytes;
      if (bytes === undefined) return refuse(413, `The body is over ${maxBytes} bytes unzipped`);
      // As OneUptime has it, everything that is not protobuf is JSON.
      const isProtobuf = contentType?.split(';')[0]?.trim().toLowerCase() === protobufType;
      store.add(decodeOtlp(signal, isProtobuf ? 'protobuf' : 'json', bytes));
      relay?.enqueue({ signal, body: body.bytes, contentType, contentEncoding });
      return isProtobuf ? emptyProtobuf : json(200, {});
    } catch (error) {
      if (error instanceof InvalidOtlpError) return refuse(400, error.message);
      throw error;
    }
  }
}

const maxBodyBytes = 4 * 1024 * 1024;
const maxBytes = 20 * 1024 * 1024;
const protobufType = 'application/x-protobuf';
const missingToken = 'The header x-oneuptime-token is missing';
const signals = new Map<string, OtlpSignal>([
  ['/otlp/v1/traces', 'traces'],
  ['/otlp/v1/metrics', 'metrics'],
  ['/otlp/v1/logs', 'logs'],
]);

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  /** Why the request was not accepted. */
  reason?: string;
}

/**
 * OTLP: the answer has the request's content type, and a response message without any field set
 * has no bytes. (OneUptime answers `{}` as JSON to protobuf too, which exporters also take.)
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
const emptyProtobuf: Answer = {
  statusCode: 200,
  headers: { 'content-type': protobufType },
  body: '',
};

function json(statusCode: number, value: unknown): Answer {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, body: JSON.stringify(value) };
}

function refuse(statusCode: number, message: string, headers?: Record<string, string>): Answer {
  const answered = json(statusCode, { message });
  return { ...answered, headers: { ...answered.headers, ...headers }, reason: message };
}

function send(response: ServerResponse, { statusCode, headers, body }: Answer): void {
  response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '/';
}
