import * as z from 'zod/mini';
import { defineTask } from '../../../../lib/index.ts';

/** What one run of a soak task does. */
export const ACTS = [
  'succeed',
  'throw',
  'refuse',
  'overrun',
  'overrun-deaf',
  'exit',
  'sigkill',
  'block',
] as const;
export type Act = (typeof ACTS)[number];

/** Acts that end the process, and with it the run of every other message of the batch. */
export const KILLING_ACTS: readonly Act[] = ['exit', 'sigkill', 'block'];

/** `batch` and `each` are the worker's `acknowledge`; on `alone` a batch is one message. */
export const QUEUES = ['batch', 'each', 'alone'] as const;
export type QueueName = (typeof QUEUES)[number];

export const MAX_ATTEMPTS = 5;

export function taskName(queue: QueueName, idempotent: boolean): string {
  return `soak_${queue}${idempotent ? '_once' : ''}`;
}

/**
 * Two contracts a queue: one whose message may run more than once, and one whose message may not. What a message does is in its payload, by attempt, so that the soak knows
 * beforehand what each has coming to it and a seed tells the same story again.
 */
export const soakTasks = QUEUES.flatMap((queue) =>
  [false, true].map((idempotent) =>
    defineTask({
      name: taskName(queue, idempotent),
      queue,
      payload: z.object({ acts: z.array(z.enum(ACTS)).check(z.minLength(1)) }),
      retry: { maxAttempts: MAX_ATTEMPTS, minDelaySeconds: 1, maxDelaySeconds: 3 },
      // Less than half of the function's 3 s, which is where the worker's own deadline is.
      timeoutSeconds: 0.5,
      http: true,
      idempotent,
    }),
  ),
);
