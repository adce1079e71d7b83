import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { pause } from './pause.ts';
import type { SqsRecord } from './sqs-record.ts';

const maxAttempts = 4;

/**
 * Deletes what a function has done, ten at a time. What SQS still refuses after three retries is
 * returned as a count: those messages are delivered again.
 */
export async function deleteRecords(
  client: SQSClient,
  queueUrl: string,
  records: readonly SqsRecord[],
  signal: AbortSignal,
): Promise<number> {
  const tens = Array.from({ length: Math.ceil(records.length / 10) }, (_, index) =>
    records.slice(index * 10, index * 10 + 10),
  );
  const left = await Promise.all(tens.map((ten) => deleteTen(client, queueUrl, ten, signal)));
  return left.reduce((sum, count) => sum + count, 0);
}

async function deleteTen(
  client: SQSClient,
  queueUrl: string,
  records: readonly SqsRecord[],
  signal: AbortSignal,
): Promise<number> {
  let entries = records.map((record, index) => ({
    Id: String(index),
    ReceiptHandle: record.receiptHandle,
  }));
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    entries = await client
      .send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }), {
        abortSignal: signal,
      })
      .then(({ Failed = [] }) => {
        const failed = new Set(Failed.map((failure) => failure.Id));
        return entries.filter((entry) => failed.has(entry.Id));
      })
      .catch(() => entries);
    if (entries.length === 0 || signal.aborted) break;
    if (attempt < maxAttempts) await pause(50 * 2 ** attempt, signal);
  }
  return entries.length;
}
