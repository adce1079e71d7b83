import { setTimeout as delay } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { sqsNameOf } from '../../lib/queues/queue-source.ts';
import { isPassing } from '../../lib/queues/read-patiently.ts';
import { MoveTaskRunning } from './move-task-running.ts';
import { type Redriven, redriveMessages } from './redrive-messages.ts';

export interface RedriveQueueOptions {
  sqs: Pick<SQSClient, 'send'>;
  /** Of the dead-letter queue. */
  dlqUrl: string;
  /** Of the queue that they go back to. */
  toUrl: string;
  /** Of SQS's move task. @default as fast as SQS sees fit */
  maxPerSecond?: number;
  /** Ends it; what has been moved stays moved, the rest stays in the dead-letter queue. */
  signal?: AbortSignal | undefined;
  onProgress?: (progress: RedriveProgress) => void;
  /** Between two looks at the move task. @default 500 */
  pollMs?: number;
}

export interface RedriveProgress {
  moved: number;
  /** About how many there were at the start. @default unknown */
  toMove?: number;
}

/**
 * Redrives a whole dead-letter queue by a move task of SQS, and follows it to its end; message by
 * message where there are no move tasks. The destination is always named: SQS knows where it took a
 * message from, and the copies that a worker made have no such source.
 *
 * @throws MoveTaskRunning, Error with the reason for a task that SQS gave up, the SDK's errors.
 */
export async function redriveQueue(options: RedriveQueueOptions): Promise<Redriven> {
  const { sqs, dlqUrl, toUrl, maxPerSecond, onProgress } = options;
  const [SourceArn, DestinationArn] = await Promise.all([
    readArn(sqs, dlqUrl),
    readArn(sqs, toUrl),
  ]);
  const list = async () => {
    const command = new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 });
    return (await sqs.send(command)).Results ?? [];
  };
  let before: ListMessageMoveTasksResultEntry[];
  let handle: string | undefined;
  try {
    before = await list();
    refuseSecond(before, dlqUrl);
    const start = new StartMessageMoveTaskCommand({
      SourceArn,
      DestinationArn,
      ...(maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: maxPerSecond }),
    });
    handle = (await sqs.send(start)).TaskHandle;
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    // It is also what SQS says when somebody was faster.
    refuseSecond(await list().catch(() => []), dlqUrl);
    return redriveMessages({ ...options, onMoved: (moved) => onProgress?.({ moved }) });
  }
  return follow(handle, { ...options, list, before });
}

function refuseSecond(tasks: readonly ListMessageMoveTasksResultEntry[], dlqUrl: string): void {
  const running = tasks.find(({ Status }) => Status === 'RUNNING' || Status === 'CANCELLING');
  if (running === undefined) return;
  const { ApproximateNumberOfMessagesMoved: moved = 0, StartedTimestamp: startedAt = 0 } = running;
  throw new MoveTaskRunning(sqsNameOf(dlqUrl), moved, new Date(startedAt));
}

const UNSUPPORTED = /UnsupportedOperation|UnknownOperation|InvalidAction|NotImplemented/;

function isUnsupported(error: unknown): boolean {
  const { name = '', Code = '' } = error as { name?: string; Code?: string };
  return UNSUPPORTED.test(name) || UNSUPPORTED.test(Code);
}

interface Following extends RedriveQueueOptions {
  list: () => Promise<ListMessageMoveTasksResultEntry[]>;
  before: readonly ListMessageMoveTasksResultEntry[];
}

async function follow(handle: string | undefined, options: Following): Promise<Redriven> {
  const { sqs, dlqUrl, signal, onProgress, list, before, pollMs = 500 } = options;
  const known = new Set(before.map(({ StartedTimestamp }) => StartedTimestamp));
  let cancelling = false;
  for (;;) {
    if (signal?.aborted && !cancelling) {
      cancelling = true;
      // Where it has ended in the meantime, the next look says so.
      await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle })).catch(ignoreEnded);
    }
    // Only a running task has its handle. The first one since the start is ours: there is one at a time.
    const ours = (await patiently(list))
      .filter(({ StartedTimestamp }) => !known.has(StartedTimestamp))
      .sort((a, b) => (a.StartedTimestamp ?? 0) - (b.StartedTimestamp ?? 0))[0];
    const moved = ours?.ApproximateNumberOfMessagesMoved ?? 0;
    const toMove = ours?.ApproximateNumberOfMessagesToMove;
    onProgress?.({ moved, ...(toMove !== undefined && { toMove }) });
    switch (ours?.Status) {
      case 'COMPLETED':
        return { ...NOTHING, moved };
      case 'CANCELLED':
        return { ...NOTHING, moved, cancelled: true };
      case 'FAILED':
        throw new Error(
          `SQS gave up the redrive of ${sqsNameOf(dlqUrl)} after ${moved} messages: ${ours.FailureReason ?? 'it does not say why'}. The rest is still there.`,
        );
    }
    await delay(pollMs, undefined, cancelling ? {} : { signal }).catch(() => {});
  }
}

/** Looks that fail in a row before it is given up; the move task goes on without anybody who looks. */
const MAX_FAILED_LOOKS = 5;
const FAILED_LOOK_MS = 1_000;

async function patiently<T>(look: () => Promise<T>): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await look();
    } catch (error) {
      if (failed === MAX_FAILED_LOOKS || !isPassing(error)) throw error;
      await delay(FAILED_LOOK_MS);
    }
  }
}

const NOTHING: Redriven = { moved: 0, duplicated: [], failed: [], notFound: [], cancelled: false };

function ignoreEnded(error: unknown): void {
  const { name = '' } = error as { name?: string };
  if (!name.includes('ResourceNotFound')) throw error;
}

async function readArn(sqs: Pick<SQSClient, 'send'>, url: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const arn = (await sqs.send(command)).Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`SQS does not say the ARN of ${sqsNameOf(url)}.`);
  return arn;
}
