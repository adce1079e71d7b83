import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { BoundedBuffer } from './bounded-buffer.ts';
import type { Batch, SignalQueueOptions } from './signal-queue.ts';
import { splitMetrics } from './split-metrics.ts';

/** What a queue sends, and where it goes back to. */
export type Source<T> = Pick<SignalQueueOptions<T>, 'take' | 'putBack'>;

const MAX_ITEMS_PER_REQUEST = 500;
/** By estimate and not compressed: half of the 1 MB that OneUptime asks for, since it is no more. */
const MAX_BYTES_PER_REQUEST = 500_000;
/** A point takes some 200 bytes, and compresses well. */
const MAX_POINTS_PER_REQUEST = 5_000;
/** Collections that wait for a backend that is down. */
const MAX_WAITING_COLLECTIONS = 10;

/** Spans or log records out of their buffer, in requests of a bounded size. */
export function createBufferSource<T>(
  buffer: BoundedBuffer<T>,
  bytesOf: (item: T) => number,
): Source<T[]> {
  return {
    take: async () => {
      const fits = buffer.size <= MAX_ITEMS_PER_REQUEST && buffer.bytes <= MAX_BYTES_PER_REQUEST;
      const drained = buffer.drain();
      if (fits) return drained.length > 0 ? [toBatch(drained)] : [];
      const batches: Batch<T[]>[] = [];
      let items: T[] = [];
      let bytes = 0;
      for (const item of drained) {
        const size = bytesOf(item);
        const full = items.length >= MAX_ITEMS_PER_REQUEST || bytes + size > MAX_BYTES_PER_REQUEST;
        if (full && items.length > 0) {
          batches.push(toBatch(items));
          items = [];
          bytes = 0;
        }
        items.push(item);
        bytes += size;
      }
      return items.length > 0 ? [...batches, toBatch(items)] : batches;
    },
    putBack: (batches) => {
      if (batches.length > 0) buffer.putBack(batches.flatMap(({ items }) => items));
    },
  };
}

function toBatch<T>(items: T[]): Batch<T[]> {
  return {
    items,
    count: items.length,
    halves: () => {
      const middle = Math.ceil(items.length / 2);
      return [toBatch(items.slice(0, middle)), toBatch(items.slice(middle))];
    },
  };
}

/** Metrics, collected when they are taken; collections that could not be sent wait as they are. */
export function createCollectionSource(
  collect: () => Promise<ResourceMetrics>,
  onDropped: (items: number) => void,
): Source<ResourceMetrics> {
  let waiting: Batch<ResourceMetrics>[] = [];
  return {
    take: async () => {
      const parts = splitMetrics(await collect(), MAX_POINTS_PER_REQUEST);
      const batches = [...waiting, ...parts.map(toCollection)];
      waiting = [];
      return batches;
    },
    putBack: (batches) => {
      const dropped = batches.slice(0, Math.max(0, batches.length - MAX_WAITING_COLLECTIONS));
      for (const { count } of dropped) onDropped(count);
      waiting = batches.slice(dropped.length);
    },
  };
}

function toCollection(items: ResourceMetrics): Batch<ResourceMetrics> {
  const count = countPoints(items);
  return {
    items,
    count,
    halves: () => splitMetrics(items, Math.ceil(count / 2)).map(toCollection),
  };
}

/** What a backend counts. */
function countPoints({ scopeMetrics }: ResourceMetrics): number {
  return scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
}
