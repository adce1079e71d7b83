import type { SqsRecord } from './sqs-record.ts';

/** Runs the batches of one message group of a FIFO queue one after the other. */
export interface MessageGroups {
  runAlone(records: readonly SqsRecord[], run: () => Promise<void>): Promise<void>;
}

/**
 * SQS locks a group only while a message of it is in flight. A function that outlives the
 * visibility timeout loses the lock, and the group would then run twice at a time.
 */
export function createMessageGroups(fifo: boolean): MessageGroups {
  const last = new Map<string, Promise<void>>();
  return {
    async runAlone(records, run) {
      const groups = fifo ? groupsOf(records) : [];
      const before = groups.map((group) => last.get(group));
      const running = Promise.all(before).then(run);
      const settled = running.catch(() => {});
      for (const group of groups) last.set(group, settled);
      await running.finally(() => {
        for (const group of groups) if (last.get(group) === settled) last.delete(group);
      });
    },
  };
}

function groupsOf(records: readonly SqsRecord[]): string[] {
  return [...new Set(records.map((record) => record.attributes['MessageGroupId'] ?? ''))];
}
