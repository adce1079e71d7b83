import { createRing } from './ring.ts';
import type { Arrival, ReceivedLog, ReceivedPoint, ReceivedSpan } from './telemetry-record.ts';
import { waitForTelemetry } from './wait-for-telemetry.ts';

export interface TelemetryStoreOptions {
  /** @default 20000 */
  maxSpans?: number;
  /** @default 50000 */
  maxPoints?: number;
  /** @default 20000 */
  maxLogs?: number;
}

export interface WaitOptions {
  /** @default 10000 */
  timeoutMs?: number;
  /** What is waited for, for the error's message. */
  describe?: string;
}

/** Received telemetry in memory; of each signal the newest records are kept. */
export interface TelemetryStore {
  add(arrival: Arrival): void;
  /** Oldest first, as are the others. */
  spans(): ReceivedSpan[];
  points(): ReceivedPoint[];
  logs(): ReceivedLog[];
  /** The spans of one trace. */
  trace(traceId: string): ReceivedSpan[];
  /** Calls the listener after every arrival until the returned function is called. */
  subscribe(listener: (arrival: Arrival) => void): () => void;
  /**
   * Resolves with the first value of the predicate that is neither undefined nor false; it is
   * asked now and at every arrival. Rejects when the predicate throws, and at the deadline with a
   * message that says what did arrive.
   */
  waitFor<T>(
    predicate: (store: TelemetryStore) => T | undefined | false,
    options?: WaitOptions,
  ): Promise<T>;
  clear(): void;
}

export function createTelemetryStore(options: TelemetryStoreOptions = {}): TelemetryStore {
  const spans = createRing<ReceivedSpan>(options.maxSpans ?? 20_000);
  const points = createRing<ReceivedPoint>(options.maxPoints ?? 50_000);
  const logs = createRing<ReceivedLog>(options.maxLogs ?? 20_000);
  const listeners = new Set<(arrival: Arrival) => void>();

  const store: TelemetryStore = {
    add(arrival) {
      if (arrival.signal === 'spans') for (const span of arrival.records) spans.push(span);
      else if (arrival.signal === 'points') for (const p of arrival.records) points.push(p);
      else for (const log of arrival.records) logs.push(log);
      for (const listener of [...listeners]) notify(listener, arrival);
    },
    spans: spans.toArray,
    points: points.toArray,
    logs: logs.toArray,
    trace: (traceId) => spans.toArray().filter((span) => span.traceId === traceId),
    subscribe(listener) {
      // Wrapped, so that a function that subscribes twice has two subscriptions.
      const own = (arrival: Arrival) => listener(arrival);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    waitFor: (predicate, waitOptions) => waitForTelemetry(store, predicate, waitOptions),
    clear() {
      spans.clear();
      points.clear();
      logs.clear();
    },
  };
  return store;
}

/** A listener that throws is a bug of ours, and no reason to refuse the sender's data. */
function notify(listener: (arrival: Arrival) => void, arrival: Arrival): void {
  try {
    listener(arrival);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
