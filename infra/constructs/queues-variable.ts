import { Stack, Token } from 'aws-cdk-lib';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import type { TaskFunction } from './task-function.ts';
import type { ITaskQueue } from './task-queue.ts';

/** One queue of the environment variable `QUEUES`. */
export interface QueuesEntry {
  readonly queue: ITaskQueue;
  /** Whether the function is to know the dead-letter queue. @default false */
  readonly withDeadLetterQueue?: boolean;
  /** Name of the function that works on it, as text. */
  readonly worker?: string;
  /** UUID of the event source mapping. */
  readonly mapping?: string;
  /** Of the event source mapping of a FIFO queue. */
  readonly batchSize?: number;
}

/** All variables of a function have 4 KB together, and others want some of it. */
const LIMIT_BYTES = 3 * 1024;
/** `https://sqs.cn-northwest-1.amazonaws.com.cn/` with an account: no region's is longer. */
const URL_BYTES = 57;
const NAME_BYTES = 80;
const UUID_BYTES = 36;

/**
 * Tells a function of its queues in `QUEUES`.
 *
 * @param instead what to do about too many queues.
 * @throws Error when it would be over 3 KB.
 */
export function setQueuesVariable(
  taskFunction: TaskFunction,
  entries: readonly QueuesEntry[],
  instead: string,
): void {
  const measured = JSON.stringify(describe(entries, longest));
  const bytes = Buffer.byteLength(measured);
  if (bytes > LIMIT_BYTES) {
    throw new Error(
      `QUEUES of ${taskFunction.functionName} would be ${bytes} bytes with ${entries.length} queues, and 3 KB is what Lambda's limit of 4 KB for all variables leaves. ${instead}`,
    );
  }
  const value = Stack.of(taskFunction).toJsonString(describe(entries, asIs));
  taskFunction.setVariable('QUEUES', value, measured);
}

interface Render {
  url(queue: IQueue): string;
  mapping(uuid: string): string;
}

function describe(entries: readonly QueuesEntry[], render: Render): Record<string, object> {
  return Object.fromEntries(
    entries.map(({ queue, withDeadLetterQueue, worker, mapping, batchSize }) => [
      queue.name,
      {
        url: render.url(queue.queue),
        ...(withDeadLetterQueue &&
          queue.deadLetterQueue && { dlqUrl: render.url(queue.deadLetterQueue) }),
        ...(worker !== undefined && { worker }),
        ...(mapping !== undefined && { mapping: render.mapping(mapping) }),
        ...(batchSize !== undefined && { batchSize }),
      },
    ]),
  );
}

const asIs: Render = { url: (queue) => queue.queueUrl, mapping: (uuid) => uuid };

/** URLs and UUIDs are known once it is deployed. Until then: the longest that they can be. */
const longest: Render = {
  url: (queue) => 'x'.repeat(URL_BYTES + nameLength(queue)),
  mapping: () => 'x'.repeat(UUID_BYTES),
};

function nameLength(queue: IQueue): number {
  const resource = queue.node.defaultChild;
  const name = resource instanceof CfnQueue ? resource.queueName : queue.queueName;
  return name === undefined || Token.isUnresolved(name) ? NAME_BYTES : name.length;
}
