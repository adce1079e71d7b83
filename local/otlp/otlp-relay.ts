import { createRelayQueue } from './relay-queue.ts';
import { type RelayedRequest, sendOtlp } from './send-otlp.ts';
import { createWarningThrottle } from './warning-throttle.ts';

export interface OtlpRelayOptions {
  /** OTLP base; `/v1/<signal>` is appended. */
  endpoint: string;
  /** Sent as `x-oneuptime-token`, and never part of a warning. */
  token: string;
  /** Waiting requests; the oldest one makes room. @default 500 */
  maxQueuedRequests?: number;
  /** Bytes of waiting requests; the oldest ones make room. @default 16777216, 16 MB */
  maxQueuedBytes?: number;
  /** @default 10000 */
  attemptTimeoutMs?: number;
  /** The first pause before a request is sent again; doubles up to 30 s. @default 500 */
  minBackoffMs?: number;
  /** @default 60000 */
  warningIntervalMs?: number;
  /** @default globalThis.fetch */
  fetch?: typeof globalThis.fetch;
  onWarning?: ((message: string) => void) | undefined;
}

export interface OtlpRelay {
  /** Returns at once; the request waits its turn or makes room for newer ones. */
  enqueue(request: RelayedRequest): void;
  counts(): RelayCounts;
  /** Sends what is waiting for at most 1 s, then gives the rest up. */
  stop(): Promise<void>;
}

export interface RelayCounts {
  sent: number;
  /** Given up: no room, refused, timed out, or left over at `stop`. */
  dropped: number;
  /** Waiting or on their way. */
  pending: number;
}

const maxConcurrentRequests = 4;
const maxBackoffMs = 30_000;
const drainMs = 1_000;

/**
 * Forwards OTLP requests, bodies unchanged, to another backend without ever holding up whoever
 * enqueues. A request is sent again only when it surely was not taken (429, 502, 503, 504, no
 * connection), since OneUptime counts a resend twice: a timeout is given up. It is sent again
 * until it gets through or newer requests take its place.
 */
export function createOtlpRelay(options: OtlpRelayOptions): OtlpRelay {
  const { attemptTimeoutMs = 10_000, minBackoffMs = 500, warningIntervalMs = 60_000 } = options;
  const send = sendOtlp({ ...options, attemptTimeoutMs });
  const queue = createRelayQueue(
    options.maxQueuedRequests ?? 500,
    options.maxQueuedBytes ?? 16 * 1024 * 1024,
  );
  const warn = createWarningThrottle(warningIntervalMs, options.onWarning);
  const stopping = new AbortController();
  let isDraining = false;
  let inFlight = 0;
  let sent = 0;
  let dropped = 0;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  let onIdle: (() => void) | undefined;

  return {
    enqueue(request) {
      if (isDraining) {
        dropped += 1;
        return;
      }
      drop(queue.push(request), 'the queue is full');
      pump();
    },
    counts: () => ({ sent, dropped, pending: queue.length() + inFlight }),
    stop,
  };

  function pump(): void {
    while (pause === undefined && inFlight < maxConcurrentRequests) {
      const request = queue.shift();
      if (request === undefined) break;
      inFlight += 1;
      void forward(request);
    }
    if (queue.length() + inFlight === 0) onIdle?.();
  }

  async function forward(request: RelayedRequest): Promise<void> {
    const outcome = await send(request, stopping.signal);
    // Given up, and counted, by `stop`.
    if (stopping.signal.aborted) return;
    inFlight -= 1;
    if (outcome.type === 'sent') {
      sent += 1;
      failures = 0;
    } else if (outcome.type === 'refused' || isDraining) {
      drop(1, outcome.reason);
    } else {
      drop(queue.unshift(request), outcome.reason);
      warn(outcome.reason, dropped);
      backOff(outcome.retryAfterMs);
    }
    pump();
  }

  function drop(count: number, reason: string): void {
    if (count === 0) return;
    dropped += count;
    warn(reason, dropped);
  }

  function backOff(retryAfterMs: number | undefined): void {
    if (pause !== undefined) return;
    failures += 1;
    const backoffMs = minBackoffMs * 2 ** Math.min(failures - 1, 10) * (0.5 + Math.random() / 2);
    const delayMs = Math.min(Math.max(backoffMs, retryAfterMs ?? 0), maxBackoffMs);
    pause = setTimeout(resume, delayMs);
    pause.unref();
  }

  function resume(): void {
    clearTimeout(pause);
    pause = undefined;
    pump();
  }

  async function stop(): Promise<void> {
    isDraining = true;
    const deadline = AbortSignal.timeout(drainMs);
    await new Promise<void>((resolve) => {
      onIdle = resolve;
      deadline.addEventListener('abort', () => resolve(), { once: true });
      resume();
    });
    stopping.abort();
    drop(queue.clear() + inFlight, `the rest was given up ${drainMs} ms after the stop`);
    inFlight = 0;
  }
}
