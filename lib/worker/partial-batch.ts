import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/**
 * Middy middleware for SQS consumers with `ReportBatchItemFailures`: turns what
 * `Promise.allSettled` gives, one result a record in their order, into the answer that has only
 * the failed ones delivered again:
 *
 * ```ts
 * export const handler = middy<SQSEvent>()
 *   .use(partialBatch())
 *   .handler(async (event) => Promise.allSettled(event.Records.map((record) => work(record))));
 * ```
 *
 * An answer with `batchItemFailures` is left as it is, and a handler that throws fails the whole
 * batch. So does any other answer: Lambda would take it for success and delete the messages. On
 * FIFO queues stop at the first failure of a group and reject the rest of it.
 */
export function partialBatch(): MiddlewareObj<SQSEvent> {
  return {
    name: 'partial-batch',
    after: (request) => {
      const { Records } = request.event;
      const results: unknown = request.response;
      if (isResponse(results)) return;
      if (!isSettled(results)) {
        throw new Error('partialBatch: the handler has to return what Promise.allSettled gives.');
      }
      if (results.length !== Records.length) {
        throw new Error(
          `partialBatch: the handler returned ${results.length} results for ${Records.length} records.`,
        );
      }
      const response: SQSBatchResponse = {
        batchItemFailures: Records.filter((_, index) => results[index]?.status === 'rejected').map(
          ({ messageId }) => ({ itemIdentifier: messageId }),
        ),
      };
      request.response = response;
    },
  };
}

function isResponse(value: unknown): value is SQSBatchResponse {
  return Array.isArray((value as Partial<SQSBatchResponse> | null | undefined)?.batchItemFailures);
}

function isSettled(value: unknown): value is PromiseSettledResult<unknown>[] {
  return (
    Array.isArray(value) &&
    value.every((each) => each?.status === 'fulfilled' || each?.status === 'rejected')
  );
}
