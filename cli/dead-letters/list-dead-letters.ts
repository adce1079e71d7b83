import type { SQSClient } from '@aws-sdk/client-sqs';
import { countMessages } from './count-messages.ts';
import { type DeadLetter, type DeadLetterOptions, readDeadLetter } from './dead-letter.ts';
import { giveBack } from './give-back.ts';
import { type Receipts, receiveNew } from './receive-new.ts';

export interface ListDeadLettersOptions extends DeadLetterOptions {
  sqs: Pick<SQSClient, 'send'>;
  /** Of the dead-letter queue. */
  dlqUrl: string;
  /** How many are read at most, 1 to 500. @default 500 */
  limit?: number;
  signal?: AbortSignal;
}

export interface DeadLetterListing {
  /** The newest first. */
  deadLetters: DeadLetter[];
  /** About how many there are; never less than were read. */
  total: number;
  /** Whether SQS may have more than were read. */
  more: boolean;
}

const MAX_LISTED = 500;
const VISIBILITY_SECONDS = 10;

/**
 * The messages of a dead-letter queue, without taking them: each is hidden from others for no longer
 * than the reading takes, 10 s at most. SQS lends of a FIFO group its first messages only, so the
 * ones behind them are not among these. Every look counts as a receive of SQS.
 *
 * @throws the SDK's errors.
 */
export async function listDeadLetters(options: ListDeadLettersOptions): Promise<DeadLetterListing> {
  const { sqs, dlqUrl, limit = MAX_LISTED, signal } = options;
  const { visible, all } = await countMessages(sqs, dlqUrl);
  const receipts: Receipts = new Map();
  const deadLetters: DeadLetter[] = [];
  try {
    const receives = receiveNew(
      {
        sqs,
        queueUrl: dlqUrl,
        limit: Math.min(limit, MAX_LISTED),
        visibilitySeconds: VISIBILITY_SECONDS,
        expected: visible,
        signal,
      },
      receipts,
    );
    for await (const batch of receives) {
      for (const message of batch) deadLetters.push(readDeadLetter(message, options));
    }
  } finally {
    // Not before the end: what is back would be received again, in the place of the rest.
    await giveBack(sqs, dlqUrl, receipts.values());
  }
  deadLetters.sort((a, b) => timeOf(b) - timeOf(a));
  const total = Math.max(all, deadLetters.length);
  return { deadLetters, total, more: total > deadLetters.length };
}

function timeOf({ failedAt, sentAt }: DeadLetter): number {
  return (failedAt ?? sentAt)?.getTime() ?? 0;
}
