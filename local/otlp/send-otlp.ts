import type { OtlpSignal } from './decode-otlp.ts';

export interface RelayedRequest {
  signal: OtlpSignal;
  /** As it came, still compressed. */
  body: Buffer;
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
}

export type SendOutcome =
  | { type: 'sent' }
  /** Not taken, and may be sent again. */
  | { type: 'retryable'; reason: string; retryAfterMs?: number | undefined }
  | { type: 'refused'; reason: string };

export interface SendOptions {
  endpoint: string;
  token: string;
  attemptTimeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

/**
 * One attempt to deliver a request; never rejects. Throws at once on a malformed endpoint or
 * token. Reasons name the endpoint's origin and an error's code alone: fetch's own messages quote
 * header values and a URL's credentials.
 */
export function sendOtlp(
  options: SendOptions,
): (request: RelayedRequest, stopping: AbortSignal) => Promise<SendOutcome> {
  const { token, attemptTimeoutMs } = options;
  const fetch = options.fetch ?? globalThis.fetch;
  const base = options.endpoint.replace(/\/+$/, '');
  const origin = readOrigin(base);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('The token for the telemetry relay is empty or not printable ASCII');
  }

  return async (request, stopping) => {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(attemptTimeoutMs)]);
    try {
      const response = await fetch(`${base}/v1/${request.signal}`, {
        method: 'POST',
        headers: {
          'x-oneuptime-token': token,
          ...(request.contentType !== undefined && { 'content-type': request.contentType }),
          ...(request.contentEncoding !== undefined && {
            'content-encoding': request.contentEncoding,
          }),
        },
        body: request.body,
        // A redirect would carry the token to wherever it points.
        redirect: 'manual',
        signal,
      });
      // Read to its end, so that the connection can be used again.
      await response.arrayBuffer().catch(() => undefined);
      return readOutcome(response, origin);
    } catch (error) {
      const code = codeOf(error);
      const reason = `${origin} failed (${code})`;
      return unconnected.has(code) ? { type: 'retryable', reason } : { type: 'refused', reason };
    }
  };
}

const retryableStatuses = new Set([429, 502, 503, 504]);

/** Failures before a connection stood: nothing was sent, so nothing can count twice. */
const unconnected = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function readOutcome(response: Response, origin: string): SendOutcome {
  if (response.ok) return { type: 'sent' };
  const reason = `${origin} answered ${response.status}`;
  if (!retryableStatuses.has(response.status)) return { type: 'refused', reason };
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = retryAfter >= 0 ? retryAfter * 1000 : undefined;
  return { type: 'retryable', reason, retryAfterMs };
}

function readOrigin(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new TypeError('The endpoint for the telemetry relay is not an http or https URL');
  }
  return new URL(endpoint).origin;
}

/** The system's code is in fetch's `cause`; with several addresses, in an AggregateError. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  if (first instanceof Error && 'code' in first && typeof first.code === 'string') {
    return first.code;
  }
  return first instanceof Error ? first.name : 'unknown error';
}
