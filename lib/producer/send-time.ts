import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import type { EnqueueOptions, ProducerQueue } from './enqueue-options.ts';
import { readQueueUrl } from './queue-arn.ts';

/** When a message is to be on its queue. */
export interface SendTime {
  /** Of SQS. */
  delaySeconds?: number;
  /** The end of the delay. */
  notBefore?: Date;
  /** Set where EventBridge Scheduler sends it, in this minute. */
  scheduleAt?: Date;
}

/** SQS's longest delay. */
const LONGEST_DELAY_MS = 900_000;
/** EventBridge Scheduler knows minutes, in each of which it sends at any second. */
const MINUTE_MS = 60_000;
/** Scheduler refuses a time that is over when the call arrives. */
const CALL_MS = 10_000;
/** Ours: a later time is a mistake of units more often than a plan, and outlives its schema. */
const LONGEST_MS = 366 * 86_400_000;

/**
 * How the option `at` is kept: at once where it is over, by SQS's delay up to 15 minutes on a
 * standard queue, and by a one-time schedule otherwise. Never early.
 *
 * @throws InvalidEnqueueOptions
 */
export function resolveSendTime(
  options: EnqueueOptions & { at: Date },
  queue: ProducerQueue,
  hasScheduler: boolean,
  now: number = Date.now(),
): SendTime {
  const { at } = options;
  checkAt(options, now);
  const aheadMs = at.getTime() - now;
  // 0 too, where the queue has a delay of its own.
  if (aheadMs <= 0) return queue.fifo ? {} : { delaySeconds: 0 };
  if (aheadMs <= LONGEST_DELAY_MS && !queue.fifo) {
    return { delaySeconds: Math.ceil(aheadMs / 1000), notBefore: at };
  }
  checkScheduler(at, queue, hasScheduler);
  checkName(options);
  const earliest = Math.max(at.getTime(), now + CALL_MS);
  const scheduleAt = new Date(Math.ceil(earliest / MINUTE_MS) * MINUTE_MS);
  return { notBefore: scheduleAt, scheduleAt };
}

function checkAt({ at, delaySeconds, attributes }: EnqueueOptions, now: number): void {
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    throw new InvalidEnqueueOptions(`at is ${describe(at)}; give a valid Date.`);
  }
  if (delaySeconds !== undefined) {
    throw new InvalidEnqueueOptions('at and delaySeconds: give one of them.');
  }
  if (Object.keys(attributes ?? {}).length > 0) {
    throw new InvalidEnqueueOptions(
      'at and attributes: EventBridge Scheduler, which sends what is later than 15 minutes, carries no message attributes. Put the values into the payload.',
    );
  }
  if (at.getTime() - now > LONGEST_MS) {
    throw new InvalidEnqueueOptions(
      `at is ${at.toISOString()}, more than a year ahead. Check its unit, milliseconds; for what is really so far off keep the time in your own data, and enqueue it later.`,
    );
  }
}

function checkScheduler(at: Date, { name, url, fifo }: ProducerQueue, hasScheduler: boolean): void {
  if (!hasScheduler) {
    const limit = fifo
      ? `SQS does not delay single messages of a FIFO queue ("${name}")`
      : 'SQS delays by 15 minutes at most';
    throw new InvalidEnqueueOptions(
      `at is ${at.toISOString()}, and ${limit}. Give createProducer a scheduler, which keeps it as a one-time schedule of EventBridge Scheduler.`,
    );
  }
  if (readQueueUrl(url) === undefined) {
    throw new InvalidEnqueueOptions(
      `at: the URL of queue "${name}", ${url}, does not end in /<account>/<name>, and EventBridge Scheduler wants the queue's ARN. Give the URL as SQS has it.`,
    );
  }
}

/** Scheduler's rule for its client tokens, which is narrower than that for names. */
function checkName({ id }: EnqueueOptions): void {
  if (id === undefined || /^[\w-]{1,64}$/.test(id)) return;
  throw new InvalidEnqueueOptions(
    `id is ${JSON.stringify(id)}, and with at it names a schedule; use up to 64 letters, digits, "-" and "_".`,
  );
}

function describe(value: unknown): string {
  return value instanceof Date ? 'an invalid Date' : (JSON.stringify(value) ?? typeof value);
}
