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
 * An answer of another form is left as it is. A handler that throws fails the whole batch.
 */
export function partialBatch(): MiddlewareObj<SQSEvent> {
  return {
    name: 'partial-batch',
    after: (request) => {
      const { Records } = request.event;
      const results: unknown = request.response;
      if (!isSettled(results)) return;
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

function isSettled(value: unknown): value is PromiseSettledResult<unknown>[] {
  return (
    Array.isArray(value) &&
    value.every((each) => each?.status === 'fulfilled' || each?.status === 'rejected')
  );
}
