import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../local/event-source-mapping/batch-response.ts';

const ids = new Set(['a', 'b']);

describe('readBatchResponse', () => {
  it.each(['', 'null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])(
    'takes %j for a success of the whole batch',
    (payload) => {
      expect(readBatchResponse(payload, ids)).toEqual({ failed: 'none' });
    },
  );

  it('takes listed records for failed', () => {
    const payload = '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}';
    expect(readBatchResponse(payload, ids)).toEqual({ failed: new Set(['b']) });
  });

  it.each([
    '{"batchItemFailures":[',
    '"ok"',
    '[]',
    '{"batchItemFailures":"a"}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemIdentifier":"c"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}',
    '{"batchItemFailures":[{"messageId":"a"}]}',
    '{"batchItemFailures":[null]}',
  ])('takes %s for a failure of the whole batch', (payload) => {
    expect(readBatchResponse(payload, ids)).toEqual({ failed: 'all', reason: expect.any(String) });
  });
});
