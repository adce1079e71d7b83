import { createHash } from 'node:crypto';
import {
  DeleteMessageCommand,
  type Message,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { explainAwsError } from '../system/explain-aws-error.ts';
import { countMessages } from './count-messages.ts';
import { readDeadLetter } from './dead-letter.ts';
import { giveBack } from './give-back.ts';
import { type Receipts, receiveNew } from './receive-new.ts';
import { toRedriven } from './redriven-message.ts';

export interface RedriveMessagesOptions {
  sqs: Pick<SQSClient, 'send'>;
  /** Of the dead-letter queue. */
  dlqUrl: string;
  /** Of the queue that they go back to. */
  toUrl: string;
  /** Ids of tasks or of SQS messages. @default all that are there at the start */
  ids?: readonly string[];
  /** Ends it after what is under way. */
  signal?: AbortSignal | undefined;
  onMoved?: (moved: number) => void;
}

/** What became of a redrive. No message is lost in any of these. */
export interface Redriven {
  /** Messages that left the dead-letter queue. */
  moved: number;
  /** Sent back, and not deleted: in both queues, so the task runs again when they are redriven again. */
  duplicated: FailedMessage[];
  /** Not sent, and still in the dead-letter queue. */
  failed: FailedMessage[];
  /** Ids that were asked for and did not come, also because it ended before. */
  notFound: string[];
  cancelled: boolean;
}

export interface FailedMessage {
  /** Of the task. */
  id: string;
  messageId: string;
  error: string;
}

/** As many are held at a time, so that one is found behind the others. */
const MAX_HELD = 5_000;
/** Of what is held: enough to send and delete a batch, and to find one behind the others. */
const VISIBILITY_SECONDS = 60;

/**
 * Redrives message by message: receive, send, delete, in that order, so that a crash between leaves
 * a duplicate and never a loss. A message that is there twice, same id and same body, is sent once.
 * Where SQS fails, it ends, and the rest stays in the dead-letter queue.
 *
 * @throws the SDK's errors of counting and receiving.
 */
export async function redriveMessages(options: RedriveMessagesOptions): Promise<Redriven> {
  const { sqs, dlqUrl, ids, signal, onMoved } = options;
  const { visible } = await countMessages(sqs, dlqUrl);
  const wanted = ids && new Set(ids);
  const found = new Set<string>();
  const result: Redriven = { moved: 0, duplicated: [], failed: [], notFound: [], cancelled: false };
  const held: Receipts = new Map();
  const sent = new Map<string, Promise<unknown>>();
  const receives = receiveNew(
    {
      sqs,
      queueUrl: dlqUrl,
      // All means those of now: one that dies again at once would go round and round.
      limit: wanted === undefined ? visible : MAX_HELD,
      visibilitySeconds: VISIBILITY_SECONDS,
      expected: visible,
      signal,
    },
    held,
  );
  try {
    for await (const batch of receives) {
      const chosen = batch.filter((message) => {
        const { id, messageId } = readDeadLetter(message);
        const matching = [id, messageId].filter((each) => wanted?.has(each));
        for (const each of matching) found.add(each);
        return wanted === undefined || matching.length > 0;
      });
      const moves = await moveAll(chosen, { ...options, sent });
      for (const { message, outcome, error } of moves) {
        const { id, messageId } = readDeadLetter(message);
        if (outcome === 'moved') result.moved += 1;
        else result[outcome].push({ id, messageId, error });
        // What is gone cannot be given back.
        if (outcome === 'moved')
          held.set(messageId, { MessageId: messageId, ReceiptHandle: undefined });
      }
      if (chosen.length > 0) onMoved?.(result.moved);
      if (moves.some(({ outcome }) => outcome !== 'moved') || found.size === wanted?.size) break;
    }
  } finally {
    const left = [...held.values()].filter(({ ReceiptHandle }) => ReceiptHandle !== undefined);
    await giveBack(sqs, dlqUrl, left);
  }
  result.notFound = [...(wanted ?? [])].filter((id) => !found.has(id));
  result.cancelled = signal?.aborted === true && (wanted === undefined || found.size < wanted.size);
  return result;
}

type Moved = {
  message: Message;
  outcome: 'moved' | 'duplicated' | 'failed';
  error: string;
};

interface MoveParts extends RedriveMessagesOptions {
  /** By what tells messages apart. */
  sent: Map<string, Promise<unknown>>;
}

/** Side by side; of a FIFO queue one by one, in their order, up to the first that fails. */
async function moveAll(messages: readonly Message[], parts: MoveParts): Promise<Moved[]> {
  if (!parts.toUrl.endsWith('.fifo')) {
    return Promise.all(messages.map((message) => moveOne(message, parts)));
  }
  const moves: Moved[] = [];
  for (const message of messages) {
    const move = await moveOne(message, parts);
    moves.push(move);
    if (move.outcome !== 'moved') break;
  }
  return moves;
}

async function moveOne(message: Message, parts: MoveParts): Promise<Moved> {
  const { sqs, dlqUrl, toUrl, sent } = parts;
  const key = keyOf(message);
  try {
    let sending = sent.get(key);
    if (sending === undefined) {
      sending = sendConfirmed(message, sqs, toUrl);
      sent.set(key, sending);
    }
    await sending;
  } catch (error) {
    return { message, outcome: 'failed', error: explainAwsError(error, undefined).message };
  }
  try {
    const { ReceiptHandle } = message;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle }));
    return { message, outcome: 'moved', error: '' };
  } catch (error) {
    return { message, outcome: 'duplicated', error: explainAwsError(error, undefined).message };
  }
}

/** What tells it from others: the id alone does not, since anybody may write one. */
function keyOf(message: Message): string {
  const { id } = readDeadLetter(message);
  return createHash('sha256').update(`${id}\n${message.Body}`).digest('base64');
}

async function sendConfirmed(
  message: Message,
  sqs: Pick<SQSClient, 'send'>,
  toUrl: string,
): Promise<void> {
  const { MessageId } = await sqs.send(new SendMessageCommand(toRedriven(message, toUrl)));
  if (MessageId === undefined) throw new Error('SQS did not confirm the message.');
}
