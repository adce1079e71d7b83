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
/** Nothing of it was taken: its halves may be. One item alone is given up. */
const TOO_LARGE = 'http_413';

export function createSignalQueue<T>(options: SignalQueueOptions<T>): SignalQueue {
  const { signal, exporter, take, putBack, onDropped, warn, onExport } = options;
  let failures = 0;
  let holdUntil = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let again = false;

  const sendAll = async () => {
    if (Date.now() < holdUntil) return;
    const batches = await take();
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      try {
        await exporter.send(batch.items);
        failures = 0;
        onExport?.(signal);
        reportPartialSuccess();
      } catch (error) {
        const { reason, notTaken } = explainFailure(
          error,
          exporter.watch,
          exporter.canRefreshToken,
        );
        const tooLarge = reason === TOO_LARGE;
        if (tooLarge && batch.count > 1) {
          batches.unshift(...batch.halves());
          continue;
        }
        failures += 1;
        if (failures >= MAX_FAILURES) holdUntil = Date.now() + HOLD_MS;
        onExport?.(signal, reason);
        if (!notTaken) onDropped(signal, reason, batch.count);
        warn(
          `Telemetry export failed: ${reason}. ${batch.count} items of ${signal} were ${notTaken ? 'kept for later' : 'given up'}.`,
        );
        // The one item was too large, and the others may not be.
        if (tooLarge && Date.now() >= holdUntil) continue;
        putBack(notTaken ? [batch, ...batches] : batches);
        return;
      }
    }
  };
  const sendWhileAsked = async () => {
    do {
      again = false;
      await sendAll().catch((error: unknown) => {
        warn(`Telemetry could not be collected: ${(error as Error).message}`);
      });
    } while (again);
  };
  const reportPartialSuccess = () => {
    const partial = readPartialSuccess(exporter.watch.lastBody);
    if (partial === undefined) return;
    onDropped(signal, 'rejected', partial.rejected);
    warn(`The backend rejected ${partial.rejected} items of ${signal}: ${partial.message}`);
  };
  return {
    flush() {
      again = running !== undefined;
      if (!again) delete exporter.watch.written;
      running ??= sendWhileAsked().finally(() => {
        running = undefined;
      });
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
