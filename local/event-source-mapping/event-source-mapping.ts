import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EventSourceMappingDescription } from '../stack-description.ts';
import { createBatchCollector } from './collect-batch.ts';
import { deliverBatch, type Invoke } from './deliver-batch.ts';
import { createMessageGroups } from './message-groups.ts';
import { pause } from './pause.ts';
import { createSlots } from './slots.ts';
import { createWarningLimit } from './warning-limit.ts';

export interface EventSourceMappingOptions {
  mapping: EventSourceMappingDescription;
  queueUrl: string;
  queueArn: string;
  /** `awsRegion` of the records. */
  region: string;
  client: SQSClient;
  /** May reject with an error named `TooManyRequestsException`, as Lambda's Invoke does. */
  invoke: Invoke;
  /** Bound of invocations at a time where the mapping has none of its own. @default 10 */
  functionConcurrency?: number;
  /** How long `stop` and `disable` wait for running batches. @default 1000 */
  drainMilliseconds?: number;
  /** Gets one warning a minute at most. @default process.emitWarning */
  onWarning?: (message: string) => void;
}

export interface EventSourceMapping {
  readonly uuid: string;
  readonly enabled: boolean;
  enable(): void;
  /** Receives nothing more. Batches that outlive the wait go on and are deleted when done. */
  disable(): Promise<void>;
  /** As `disable`, for good: messages of batches that outlive the wait come back later. */
  stop(): Promise<void>;
}

/** An SQS event source mapping, enabled, as Lambda's pollers behave. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { mapping, drainMilliseconds = 1000 } = options;
  const warn = createWarningLimit(options.onWarning ?? ((message) => process.emitWarning(message)));
  const abandon = new AbortController();
  const running = new Set<Promise<void>>();
  const poll = createPoller(options, running, warn, abandon.signal);
  let polling: { abort: AbortController; done: Promise<void> } | undefined;

  const self: EventSourceMapping = {
    uuid: mapping.uuid,
    get enabled() {
      return polling !== undefined;
    },
    enable() {
      if (polling !== undefined || abandon.signal.aborted) return;
      const abort = new AbortController();
      polling = { abort, done: poll(abort.signal) };
    },
    async disable() {
      const stopped = polling;
      polling = undefined;
      stopped?.abort.abort();
      const bound = new AbortController();
      await Promise.race([
        pause(drainMilliseconds, bound.signal),
        // What the poller still had in hand is delivered before it ends.
        Promise.resolve(stopped?.done).then(() => Promise.all(running)),
      ]);
      bound.abort();
    },
    async stop() {
      await self.disable();
      abandon.abort();
    },
  };
  self.enable();
  return self;
}

const firstBackoffMilliseconds = 100;
const longestBackoffMilliseconds = 5000;

/** One receiver: takes a slot, then receives, so that no message waits hidden for a free one. */
function createPoller(
  options: EventSourceMappingOptions,
  running: Set<Promise<void>>,
  warn: (message: string) => void,
  abandoned: AbortSignal,
): (signal: AbortSignal) => Promise<void> {
  const { mapping, client, queueUrl, invoke } = options;
  const slots = createSlots(mapping.maximumConcurrency ?? options.functionConcurrency ?? 10);
  const groups = createMessageGroups(mapping.queueName.endsWith('.fifo'));
  const collector = createBatchCollector({
    ...options,
    batchSize: mapping.batchSize ?? 10,
    windowSeconds: mapping.maximumBatchingWindowSeconds ?? 0,
  });
  return async (signal) => {
    let backoff = firstBackoffMilliseconds;
    while (await slots.take(signal)) {
      try {
        const batch = await collector.collect(signal);
        backoff = firstBackoffMilliseconds;
        if (batch === undefined) {
          slots.release();
          continue;
        }
        const delivery = groups
          .runAlone(batch.records, () =>
            deliverBatch(batch, { mapping, client, queueUrl, invoke, warn }, abandoned),
          )
          .catch((error: unknown) => warn(`A batch was left alone: ${String(error)}`))
          .finally(() => {
            slots.release();
            running.delete(delivery);
          });
        running.add(delivery);
      } catch (error) {
        slots.release();
        warn(`${mapping.queueName} cannot be received from: ${String(error)}`);
        await pause(backoff, signal);
        backoff = Math.min(backoff * 2, longestBackoffMilliseconds);
      }
    }
    collector.discard();
  };
}
