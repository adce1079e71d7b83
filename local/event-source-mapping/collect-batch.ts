import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type SqsRecord, sqsRecord } from './sqs-record.ts';

/** Lambda's bound of a synchronous invocation's payload, less a margin for what wraps the records. */
const maxPayloadBytes = 6 * 1024 * 1024 - 1024;

/**
 * Lambda polls for 20 s at a time. Here a poller that is to end waits for its poll, since one that
 * is broken off may have its messages on the way: they would stay hidden until their timeout.
 */
const longPollSeconds = 1;

export interface BatchSource {
  client: SQSClient;
  queueUrl: string;
  queueArn: string;
  region: string;
  batchSize: number;
  windowSeconds: number;
}

export interface Batch {
  records: SqsRecord[];
  /** `performance.now()` of the earliest receive: from then on the visibility timeout runs. */
  receivedAt: number;
}

export interface BatchCollector {
  /**
   * The next batch; none when a long poll stayed empty. `ending` ends it after the poll under way,
   * `abandoned` breaks that off.
   */
  collect(ending: AbortSignal, abandoned: AbortSignal): Promise<Batch | undefined>;
  /** Forgets what went beyond the last batch: it comes back after its visibility timeout. */
  discard(): void;
}

/**
 * Gathers records until the batch is full, the window that began with its first record is over,
 * or the payload would go beyond Lambda's bound; what goes beyond it begins the next batch.
 */
export function createBatchCollector(source: BatchSource): BatchCollector {
  let over: Batch | undefined;
  return {
    async collect(ending, abandoned) {
      const batch: Batch = over ?? { records: [], receivedAt: 0 };
      over = undefined;
      let full = false;
      const add = (messages: readonly Message[], receivedAt: number): void => {
        const records = messages.map((message) => sqsRecord(message, source));
        if (batch.records.length === 0) batch.receivedAt = receivedAt;
        batch.records.push(...records);
        const kept = fittingCount(batch.records);
        if (kept < batch.records.length) over = { records: batch.records.splice(kept), receivedAt };
        full = over !== undefined || batch.records.length >= source.batchSize;
      };
      if (batch.records.length === 0) {
        add(await receive(source, source.batchSize, longPollSeconds, abandoned), performance.now());
      } else {
        add([], batch.receivedAt);
      }
      if (batch.records.length === 0) return undefined;
      const windowEnd = batch.receivedAt + source.windowSeconds * 1000;
      while (!full && !ending.aborted && performance.now() < windowEnd) {
        const wait = windowEnd - performance.now();
        const room = source.batchSize - batch.records.length;
        const windowOver = AbortSignal.any([abandoned, AbortSignal.timeout(Math.ceil(wait))]);
        const seconds = Math.min(longPollSeconds, Math.ceil(wait / 1000));
        try {
          add(await receive(source, room, seconds, windowOver), performance.now());
        } catch {
          // The records in hand are delivered; the next receive meets the fault again.
          return batch;
        }
      }
      return batch;
    },
    discard() {
      over = undefined;
    },
  };
}

async function receive(
  source: BatchSource,
  room: number,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<Message[]> {
  try {
    const received = await source.client.send(
      new ReceiveMessageCommand({
        QueueUrl: source.queueUrl,
        MaxNumberOfMessages: Math.min(10, room),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return received.Messages ?? [];
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

function fittingCount(records: readonly SqsRecord[]): number {
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes > maxPayloadBytes && index > 0) return index;
  }
  return records.length;
}
