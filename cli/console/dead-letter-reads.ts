import type { SQSClient } from '@aws-sdk/client-sqs';
import { type DeadLetterListing, listDeadLetters } from '../dead-letters/list-dead-letters.ts';

/**
 * The readings of dead-letter queues for all pages together: a reading holds the messages for a
 * moment, so that two at a time would each get some of them.
 */
export interface DeadLetterReads {
  /**
   * With the payloads, whoever asks: the reading that is under way, one that ended up to 2 s ago, or
   * a new one.
   */
  read(dlqUrl: string): Promise<DeadLetterListing>;
  /** Does something to the queue while nobody reads it; what was read before is not answered any more. */
  change<T>(dlqUrl: string, work: () => Promise<T>): Promise<T>;
}

const FRESH_MS = 2_000;

export function createDeadLetterReads(sqs: Pick<SQSClient, 'send'>): DeadLetterReads {
  const reads = new Map<string, Promise<DeadLetterListing>>();
  const last = new Map<string, Promise<unknown>>();

  const inTurn = <T>(dlqUrl: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(dlqUrl) ?? Promise.resolve()).then(work);
    // Without its result, which is not to be kept.
    const ended = () => {};
    last.set(dlqUrl, turn.then(ended, ended));
    return turn;
  };
  const begin = (dlqUrl: string) => {
    const read = inTurn(dlqUrl, () => listDeadLetters({ sqs, dlqUrl, payload: true }));
    reads.set(dlqUrl, read);
    const forget = () => {
      if (reads.get(dlqUrl) === read) reads.delete(dlqUrl);
    };
    // Payloads are not kept for longer than that.
    read.then(() => setTimeout(forget, FRESH_MS).unref(), forget);
    return read;
  };

  return {
    read: (dlqUrl) => reads.get(dlqUrl) ?? begin(dlqUrl),
    change(dlqUrl, work) {
      reads.delete(dlqUrl);
      return inTurn(dlqUrl, work);
    },
  };
}
