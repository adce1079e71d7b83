import { expect, test } from 'vitest';
import { purgeQueue } from '../../../cli/dead-letters/purge-queue.ts';
import { startDeadLetterBench } from '../../support/dead-letters.ts';

const DLQ = 'dev-default-dlq';

test('deletes all, those in flight too, and says how many they were', async () => {
  const { sqs, url, sendMany, receive, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 12);
  expect(await receive(DLQ)).toHaveLength(10);
  expect(await purgeQueue(sqs, url(DLQ))).toEqual({ messages: 12 });
  expect(await counts(DLQ)).toEqual([0, 0]);
});

test('a second purge within 60 s is refused with what to do', async () => {
  const { sqs, url } = await startDeadLetterBench();
  const name = 'PurgeQueueInProgress';
  const refusing = {
    send: async (command: object) => {
      if (command.constructor.name !== 'PurgeQueueCommand') return sqs.send(command as never);
      throw Object.assign(new Error('Only one PurgeQueue operation'), { name });
    },
  };
  await expect(purgeQueue(refusing as never, url(DLQ))).rejects.toThrow(
    'dev-default-dlq was purged less than 60 s ago, and SQS purges a queue once in 60 s. Nothing was deleted now; try again in a minute.',
  );
});
