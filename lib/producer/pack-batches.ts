import { MAX_MESSAGE_BYTES } from '../task/task-message.ts';

/** SQS's limits of one SendMessageBatch: 10 entries, 1 MiB in all. */
const MAX_ENTRIES = 10;
const MAX_BYTES = MAX_MESSAGE_BYTES;

/** Packs messages into as few batches as their order allows. */
export function packBatches<T extends { bytes: number }>(messages: readonly T[]): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (current.length === MAX_ENTRIES || bytes + message.bytes > MAX_BYTES) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += message.bytes;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
