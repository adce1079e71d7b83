import type { Task } from '../../lib/index.ts';

/** What the rules of AWS and of the worker have to be checked against. Times in seconds. */
export interface WorkerSettings {
  readonly queueName: string;
  readonly fifo: boolean;
  readonly hasDeadLetterQueue: boolean;
  readonly hasTaskTable: boolean;
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  /** Of this queue. */
  readonly tasks: readonly Task[];
  readonly functionTimeout: number;
  readonly batchSize: number;
  readonly batchingWindow: number;
  readonly maxConcurrency: number;
  readonly reservedConcurrency: number | undefined;
}

/** What receives there are besides attempts: throttled, killed and unfinished ones. */
const SPARE_RECEIVES = 5;
/** The default's margin over the attempts. */
const USUAL_SPARE_RECEIVES = 10;

/** How long a message that is being worked on stays hidden: the rule of AWS for SQS and Lambda. */
export function leastVisibilityTimeout(functionTimeout: number, batchingWindow: number): number {
  return 6 * functionTimeout + batchingWindow;
}

/** The default of `maxReceiveCount`. */
export function usualMaxReceiveCount(
  tasks: readonly Task[],
  fifo: boolean,
  batchSize: number,
): number {
  return receivesOfAttempts(tasks, fifo, batchSize) + USUAL_SPARE_RECEIVES;
}

/** @throws Error that says what to set. */
export function checkWorker(settings: WorkerSettings): void {
  const { fifo, functionTimeout, batchSize, batchingWindow, maxConcurrency } = settings;
  const refuse = (text: string): never => {
    throw new Error(`Worker of queue ${JSON.stringify(settings.queueName)}: ${text}`);
  };
  if (!settings.hasDeadLetterQueue) {
    refuse('the queue has no dead-letter queue, and dead messages would be lost. Give it one.');
  }
  const idempotent = settings.tasks.find((task) => task.idempotent);
  if (idempotent !== undefined && !settings.hasTaskTable) {
    refuse(
      `task ${JSON.stringify(idempotent.name)} is idempotent, and there is no table to remember its runs in: a message that comes twice would run twice. Set taskState to true, or take idempotent out of the task.`,
    );
  }
  const visibility = leastVisibilityTimeout(functionTimeout, batchingWindow);
  if (settings.visibilityTimeout < visibility) {
    refuse(
      `visibilityTimeout is ${settings.visibilityTimeout} s, less than 6 × the function's timeout (${functionTimeout} s) + the batching window (${batchingWindow} s): messages would be delivered again while they are worked on. Set visibilityTimeout to ${visibility} s or more.`,
    );
  }
  const receives = receivesOfAttempts(settings.tasks, fifo, batchSize) + SPARE_RECEIVES;
  if (settings.maxReceiveCount < receives) {
    refuse(
      `maxReceiveCount is ${settings.maxReceiveCount}: SQS would move messages away before their attempts are used up. Set maxReceiveCount to ${receives} or more (${fifo ? 'maxAttempts × batch size' : 'the highest maxAttempts'} + ${SPARE_RECEIVES}).`,
    );
  }
  for (const { name, timeoutSeconds } of settings.tasks) {
    if (timeoutSeconds >= functionTimeout) {
      refuse(
        `task ${JSON.stringify(name)} may take ${timeoutSeconds} s and the function ${functionTimeout} s: Lambda would end it before its signal does. Set timeout above ${timeoutSeconds} s, or the task's timeoutSeconds lower.`,
      );
    }
  }
  checkMapping(settings, refuse);
  const reserved = settings.reservedConcurrency;
  if (reserved !== undefined && reserved < 2 * maxConcurrency) {
    refuse(
      `reservedConcurrentExecutions is ${reserved} with a maxConcurrency of ${maxConcurrency}: an instance that sends its telemetry takes no message, and throttled messages use up receives. Set reservedConcurrentExecutions to ${2 * maxConcurrency} or more, or leave it out.`,
    );
  }
}

function checkMapping(settings: WorkerSettings, refuse: (text: string) => never): void {
  const { fifo, batchSize, batchingWindow, maxConcurrency } = settings;
  if (!(Number.isInteger(maxConcurrency) && maxConcurrency >= 2 && maxConcurrency <= 1000)) {
    refuse(`maxConcurrency is ${maxConcurrency}; AWS takes 2 to 1,000. Set it within them.`);
  }
  if (fifo && batchingWindow > 0) {
    refuse(
      `maxBatchingWindow is ${batchingWindow} s, and AWS has no batching window for FIFO queues. Leave it out.`,
    );
  }
  const largest = fifo || batchingWindow === 0 ? 10 : 10_000;
  if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= largest)) {
    refuse(
      `batchSize is ${batchSize}; AWS takes 1 to ${largest} here. ${fifo ? 'Set it within them.' : 'Over 10, set maxBatchingWindow to 1 s or more.'}`,
    );
  }
  if (batchingWindow > 300) {
    refuse(`maxBatchingWindow is ${batchingWindow} s; AWS takes 0 to 300. Set it within them.`);
  }
}

/** On FIFO queues a delivery counts for every message of the batch, whether it ran or not. */
function receivesOfAttempts(tasks: readonly Task[], fifo: boolean, batchSize: number): number {
  // 5 is what defineTask gives a task that says nothing.
  const attempts = Math.max(...tasks.map(({ retry }) => retry.maxAttempts), tasks.length ? 1 : 5);
  return fifo ? attempts * batchSize : attempts;
}
