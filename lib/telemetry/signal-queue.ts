import type { SignalExporter } from './create-exporters.ts';
import { explainFailure } from './export-failure.ts';
import type { Signal } from './export-settings.ts';
import { readPartialSuccess } from './partial-success.ts';
import type { Warn } from './warn.ts';

/** What can be sent in one request. */
export interface Batch<T> {
  items: T;
  count: number;
  /** The same in two, of more than one item. */
  halves(): Batch<T>[];
}

export interface SignalQueueOptions<T> {
  signal: Signal;
  exporter: SignalExporter<T>;
  /** Takes out what is waiting. */
  take: () => Promise<Batch<T>[]>;
  /** Puts batches back that the backend surely did not take. */
  putBack: (batches: Batch<T>[]) => void;
  onDropped: (signal: Signal, reason: string, items: number) => void;
  /** Told of each request's end: without a reason the backend took it. */
  onExport?: (signal: Signal, failure?: string) => void;
  warn: Warn;
}

/** Sends one signal, one request at a time. */
export interface SignalQueue {
  /** Sends what is waiting, and what comes while it is at it. Never rejects. */
  flush(): Promise<void>;
  /** Resolves when the current request's bytes have left, or nothing is under way. */
  written(): Promise<void>;
}

/** After so many failed flushes in a row nothing is sent for a while: the backend is down. */
const MAX_FAILURES = 3;
const HOLD_MS = 30_000;
/** Items in a row that are refused alone, with none taken between: the flush has failed. */
const MAX_REFUSED_ALONE = 3;

export function createSignalQueue<T>(options: SignalQueueOptions<T>): SignalQueue {
  const { signal, exporter, take, putBack, onDropped, warn, onExport } = options;
  let failures = 0;
  let refusedAlone = 0;
  let holdUntil = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let again = false;

  const sendAll = async () => {
    if (Date.now() < holdUntil) return;
    const batches = await take();
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      try {
        await exporter.send(batch.items);
      } catch (error) {
        const { canRefreshToken, watch } = exporter;
        const { reason, notTaken, divisible } = explainFailure(error, watch, canRefreshToken);
        if (divisible && batch.count > 1) {
          batches.unshift(...batch.halves());
          continue;
        }
        onExport?.(signal, reason);
        if (!notTaken) onDropped(signal, reason, batch.count);
        warn(
          `Telemetry export failed: ${reason}. ${batch.count} items of ${signal} were ${notTaken ? 'kept for later' : 'given up'}.`,
        );
        // The one item was at fault: it says nothing of the backend, unless the next ones are, too.
        if (watch.unserialized) continue;
        if (divisible && ++refusedAlone < MAX_REFUSED_ALONE) continue;
        refusedAlone = 0;
        failures += 1;
        if (failures >= MAX_FAILURES) holdUntil = Date.now() + HOLD_MS;
        putBack(notTaken ? [batch, ...batches] : batches);
        return;
      }
      failures = 0;
      refusedAlone = 0;
      onExport?.(signal);
      reportPartialSuccess(batch.count);
    }
  };
  const sendWhileAsked = async () => {
    try {
      do {
        again = false;
        await sendAll().catch((error: unknown) => {
          warn(`Telemetry could not be collected: ${(error as Error).message}`);
        });
      } while (again);
    } finally {
      // At once: whoever asks a turn later would be told to wait for what has ended.
      running = undefined;
    }
  };
  const reportPartialSuccess = (sent: number) => {
    const partial = readPartialSuccess(exporter.watch.lastBody);
    if (partial === undefined) return;
    const rejected = Math.min(partial.rejected, sent);
    onDropped(signal, 'rejected', rejected);
    warn(`The backend rejected ${rejected} items of ${signal}: ${partial.message}`);
  };
  return {
    flush() {
      again = running !== undefined;
      if (!again) delete exporter.watch.written;
      running ??= sendWhileAsked();
      return running;
    },
    written: () =>
      running === undefined || exporter.watch.written
        ? Promise.resolve()
        : Promise.race([
            running,
            new Promise<void>((resolve) => {
              exporter.watch.onWritten = resolve;
            }),
          ]),
  };
}
