import { describe, expect, it } from 'vitest';
import { processOrder } from '../../../functions/tasks/process-order.ts';
import { createLog } from '../../../lib/instrumentation/log.ts';
import { createRecord } from '../../../lib/testing.ts';
import { changeVisibilities } from '../../../lib/worker/change-visibilities.ts';
import type { MessageResult } from '../../../lib/worker/process-message.ts';
import type { VisibilityChange } from '../../../lib/worker/sqs-calls.ts';

const queue = { name: 'default', sqsName: 'default', url: 'http://127.0.0.1/default' };

async function changesOf(results: readonly MessageResult[]): Promise<VisibilityChange[]> {
  const changes: VisibilityChange[] = [];
  const calls = {
    changeVisibility: async (_url: string, batch: readonly VisibilityChange[]) => {
      changes.push(...batch);
      return [];
    },
  };
  await changeVisibilities(results, {
    sqs: async () => calls,
    log: createLog({ service: 'test' }),
    deadline: { boundCall: () => AbortSignal.timeout(1_000) },
    receivedAt: Date.now() - 60_000,
  } as never);
  return changes;
}

const retry = (visibilitySeconds: number, decidedSecondsAgo: number): MessageResult => ({
  record: createRecord(processOrder, { order_id: 'o' }),
  queue,
  outcome: 'retry',
  visibilitySeconds,
  decidedAt: Date.now() - decidedSecondsAgo * 1000,
});

describe('the delay of a retry', () => {
  it('counts from the failure, however long its siblings ran on', async () => {
    const [soon, late, over] = await changesOf([retry(40, 0), retry(40, 30), retry(2, 30)]);
    expect(soon?.seconds).toBe(40);
    expect(late?.seconds).toBe(10);
    expect(over?.seconds).toBe(0);
  });

  it('stays within 12 hours of the receive', async () => {
    const [longest] = await changesOf([retry(43_200, 0)]);
    expect(longest?.seconds).toBe(43_200 - 60 - 60);
  });
});
