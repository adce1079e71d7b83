import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { processOrder } from '../../../functions/tasks/process-order.ts';
import { createRecord } from '../../../lib/testing.ts';
import { partialBatch } from '../../../lib/worker.ts';

const event = (...ids: string[]): SQSEvent => ({
  Records: ids.map((id) => createRecord(processOrder, { order_id: id }, { id })),
});
const context = { functionName: 'my-consumer' } as Context;

describe('partialBatch with a handler of the user', () => {
  const run = (handler: (event: SQSEvent) => Promise<unknown>) =>
    middy<SQSEvent>().use(partialBatch()).handler(handler)(event('a', 'b', 'c'), context);

  it('answers with the records that failed', async () => {
    const response = await run(async ({ Records }) =>
      Promise.allSettled(
        Records.map(async ({ messageId }) => {
          if (messageId === 'message-b') throw new Error('no');
        }),
      ),
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-b' }] });
  });

  it('leaves another answer as it is', async () => {
    expect(await run(async () => ({ batchItemFailures: [] }))).toEqual({ batchItemFailures: [] });
  });

  it('fails the batch when results are missing: no record may count as done unseen', async () => {
    await expect(run(async () => Promise.allSettled([Promise.resolve()]))).rejects.toThrow(
      '1 results for 3 records',
    );
  });

  it('leaves a thrown error to fail the whole batch', async () => {
    await expect(run(() => Promise.reject(new Error('all of it')))).rejects.toThrow('all of it');
  });
});
