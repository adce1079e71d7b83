import type { DeadLetter as ReadLetter } from '../dead-letters/dead-letter.ts';
import {
  type DeadLetterQueue,
  findDeadLetterQueue,
} from '../dead-letters/find-dead-letter-queue.ts';
import { MoveTaskRunning } from '../dead-letters/move-task-running.ts';
import { purgeQueue } from '../dead-letters/purge-queue.ts';
import { type Redriven, redriveMessages } from '../dead-letters/redrive-messages.ts';
import { redriveQueue } from '../dead-letters/redrive-queue.ts';
import type { DeadLetter, DeadLetterList, PurgeAnswer, RedriveAnswer } from './console-api.ts';
import type { ConsoleSource } from './console-source.ts';
import { createDeadLetterReads } from './dead-letter-reads.ts';
import { ConsoleRefusal, notFound } from './http/console-refusal.ts';
import type { QueueMonitor } from './queues/queue-monitor.ts';

/** What the page may do with the dead letters of a queue, by its logical name. */
export interface DeadLetterDesk {
  /** @param payloadOf SQS's id of the one whose payload is shown, too. */
  list(queue: string, payloadOf: string | undefined): Promise<DeadLetterList>;
  /** @param ids SQS's; all of them where there is none. */
  redrive(queue: string, ids: readonly string[] | undefined): Promise<RedriveAnswer>;
  purge(queue: string): Promise<PurgeAnswer>;
}

/** A request waits for no longer; SQS goes on by itself. */
const REDRIVE_BOUND_MS = 10_000;

/** @throws ConsoleRefusal where there is no such queue, or SQS is at it already; SQS's errors. */
export function createDeadLetterDesk(
  { sqs }: Pick<ConsoleSource, 'sqs'>,
  { readings }: Pick<QueueMonitor, 'readings'>,
): DeadLetterDesk {
  const find = async (name: string) => {
    const queues = await readings();
    const queue = queues.find((each) => each.name === name);
    if (queue === undefined) throw notFound(`There is no queue "${name.slice(0, 80)}".`);
    if (queue.dlqUrl === undefined) throw notFound(`The queue "${name}" has no dead-letter queue.`);
    return { queue, dlq: findDeadLetterQueue(queues, name) };
  };
  const reads = createDeadLetterReads(sqs);
  return {
    async list(name, payloadOf) {
      const { queue, dlq } = await find(name);
      const { deadLetters, total, more } = await reads.read(dlq.url);
      const letters = deadLetters.map((letter) => toLetter(letter, payloadOf));
      return { queue: queue.name, dlq: dlq.sqsName, total, letters, more };
    },
    async redrive(name, ids) {
      const { queue, dlq } = await find(name);
      const target = { sqs, dlqUrl: dlq.url, toUrl: queue.url };
      if (ids === undefined) {
        refuseShared(dlq);
        return reads.change(dlq.url, () => redriveAll(target));
      }
      return reads.change(dlq.url, async () => {
        const signal = AbortSignal.timeout(REDRIVE_BOUND_MS);
        return toAnswer(await redriveMessages({ ...target, ids, signal }));
      });
    },
    async purge(name) {
      const { dlq } = await find(name);
      refuseShared(dlq);
      const purging = () => purgeQueue(sqs, dlq.url);
      const { messages } = await reads.change(dlq.url, purging).catch((error: Error) => {
        if (!/less than 60 s ago/.test(error.message)) throw error;
        throw new ConsoleRefusal(409, 'purged_just_now', error.message);
      });
      return { purged: messages };
    },
  };
}

/** Others' dead letters would go to the wrong queue, or be gone. */
function refuseShared({ sqsName, sources }: DeadLetterQueue): void {
  if (sources.length <= 1) return;
  const names = sources.map(({ name }) => name).join(', ');
  throw new ConsoleRefusal(
    409,
    'shared',
    `${sqsName} has the dead letters of several queues (${names}): choose the ones to redrive.`,
  );
}

/** To its end, or as far as it is when the bound is over: then SQS goes on by itself. */
async function redriveAll(target: Parameters<typeof redriveQueue>[0]): Promise<RedriveAnswer> {
  let moved = 0;
  const running = redriveQueue({
    ...target,
    onProgress: (progress) => {
      ({ moved } = progress);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<'under way'>((resolve) => {
    timer = setTimeout(() => resolve('under way'), REDRIVE_BOUND_MS);
  });
  try {
    const ended = await Promise.race([running, bound]);
    if (ended !== 'under way') return toAnswer(ended);
    // It is seen on the overview; nobody waits for this answer any more.
    running.catch(() => {});
    return { redriven: moved, underWay: true, failed: [] };
  } catch (error) {
    if (!(error instanceof MoveTaskRunning)) throw error;
    throw new ConsoleRefusal(409, 'redrive_running', error.message);
  } finally {
    clearTimeout(timer);
  }
}

function toAnswer({ moved, duplicated, failed, notFound: missing, cancelled }: Redriven) {
  const absent = cancelled
    ? 'It took too long to find it: try again.'
    : 'It is not there any more.';
  return {
    redriven: moved,
    failed: [
      ...failed.map(({ messageId, error }) => ({ messageId, message: error })),
      ...duplicated.map(({ messageId, error }) => ({
        messageId,
        message: `It was sent back, and could not be deleted here: ${error}`,
      })),
      ...missing.map((messageId) => ({ messageId, message: absent })),
    ],
  };
}

function toLetter(letter: ReadLetter, payloadOf: string | undefined): DeadLetter {
  const { messageId, id, task, error, attempts, enqueuedAt, failedAt, sentAt, traceId } = letter;
  const diedAt = failedAt ?? (letter.movedBySqs ? undefined : sentAt);
  return {
    messageId,
    ...(task !== undefined && { id, task }),
    reason: letter.reason,
    ...(error && { error: { type: error.type, message: error.message ?? '' } }),
    ...(attempts !== undefined && { attempts }),
    ...(enqueuedAt && { enqueuedAt: enqueuedAt.getTime() }),
    ...(diedAt && { failedAt: diedAt.getTime() }),
    ...(traceId !== undefined && { traceId }),
    ...(messageId === payloadOf && { payload: letter.payload ?? letter.body }),
  };
}
