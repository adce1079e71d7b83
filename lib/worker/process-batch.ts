import type { SQSRecord } from 'aws-lambda';
import { toError } from '../instrumentation/error-type.ts';
import { changeVisibilities } from './change-visibilities.ts';
import { isFifo, readMessage } from './message-facts.ts';
import { type MessageResult, processMessage, staysOnQueue } from './process-message.ts';
import { type QueueIndex, sqsNameOf, type WorkerQueue } from './queue-index.ts';
import { DEADLINE, GROUP_STOPPED, startReport } from './report-attempt.ts';
import { runLanes } from './run-lanes.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

export interface BatchOptions {
  findQueue: QueueIndex;
  /** How many records run at a time. */
  concurrency: number;
}

/**
 * Processes a batch: standard messages side by side, a FIFO group in its order and stopped by its
 * first failure. Then the failed messages get their delays. Never rejects.
 *
 * @returns one result a record, in the order of the records.
 */
export async function processBatch(
  records: readonly SQSRecord[],
  { findQueue, concurrency }: BatchOptions,
  environment: WorkerEnvironment,
): Promise<MessageResult[]> {
  const queues = new Map(records.map((record) => [record, findQueue(record.eventSourceARN)]));
  const queueOf = (record: SQSRecord): WorkerQueue => {
    const sqsName = sqsNameOf(record.eventSourceARN);
    return queues.get(record) ?? { name: sqsName, sqsName };
  };
  const known = records.filter((record) => queues.get(record) !== undefined);
  const { results, notRun } = await runLanes({
    lanes: toLanes(known, queueOf),
    concurrency,
    canStart: () => Date.now() < environment.deadline.at,
    run: (record) => processOne(record, queueOf(record), environment),
    // A dead message frees its group: its copy is in the dead-letter queue.
    goesOn: ({ outcome }) => !staysOnQueue(outcome),
  });
  for (const [record, stoppedBy] of notRun) {
    results.set(record, handBack(record, queueOf(record), stoppedBy, environment));
  }
  for (const record of records) {
    if (!results.has(record)) results.set(record, refuse(record, queueOf(record), environment));
  }
  const ordered = records.flatMap((record) => results.get(record) ?? []);
  await changeVisibilities(ordered, environment);
  return ordered;
}

/** Whatever is wrong with one record, or with us, never touches another. */
async function processOne(
  record: SQSRecord,
  queue: WorkerQueue,
  environment: WorkerEnvironment,
): Promise<MessageResult> {
  try {
    return await processMessage(record, queue, environment);
  } catch (error) {
    environment.log.error('a message could not be processed; it stays on its queue', {
      'messaging.message.id': record.messageId,
      'error.message': toError(error).message,
    });
    return { record, queue, outcome: 'retry', decidedAt: Date.now(), error };
  }
}

/** One lane a FIFO message group, one a standard message. */
function toLanes(
  records: readonly SQSRecord[],
  queueOf: (record: SQSRecord) => WorkerQueue,
): SQSRecord[][] {
  const lanes = new Map<unknown, SQSRecord[]>();
  for (const record of records) {
    const queue = queueOf(record);
    const key = isFifo(queue)
      ? `${queue.sqsName} ${record.attributes.MessageGroupId ?? ''}`
      : record;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [record]);
    else lane.push(record);
  }
  return [...lanes.values()];
}

/**
 * Not run: at the deadline it is to come back at once; behind a failed message of its FIFO group
 * with that one's delay, so that the group comes back together and in order.
 */
function handBack(
  record: SQSRecord,
  queue: WorkerQueue,
  stoppedBy: MessageResult | undefined,
  environment: WorkerEnvironment,
): MessageResult {
  startReport(readMessage(record, queue, environment.registry), environment).finish({
    outcome: 'unfinished',
    reason: stoppedBy === undefined ? DEADLINE : GROUP_STOPPED,
  });
  const { visibilitySeconds, decidedAt } = stoppedBy ?? {
    visibilitySeconds: 0,
    decidedAt: Date.now(),
  };
  return {
    record,
    queue,
    outcome: 'unfinished',
    decidedAt,
    ...(visibilitySeconds !== undefined && { visibilitySeconds }),
  };
}

function refuse(record: SQSRecord, queue: WorkerQueue, { log }: WorkerEnvironment): MessageResult {
  log.error(`${record.eventSourceARN} is not in QUEUES; the message stays on its queue.`, {
    'messaging.message.id': record.messageId,
  });
  return { record, queue, outcome: 'retry', decidedAt: Date.now() };
}
