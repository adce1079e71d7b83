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
  /** `Disabling` until the last batch that it had in hand is done. */
  readonly state: 'Enabled' | 'Disabling' | 'Disabled';
  enable(): void;
  /**
   * Receives nothing more once it has resolved, after 1 s at most and the wait for running batches.
   * Batches that outlive the wait go on and are deleted when done.
   */
  disable(): Promise<void>;
  /** For good and at once: messages of batches that outlive the wait come back later. */
  stop(): Promise<void>;
}

/** An SQS event source mapping, enabled, as Lambda's pollers behave. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { mapping, drainMilliseconds = 1000 } = options;
  const warn = createWarningLimit(options.onWarning ?? ((message) => process.emitWarning(message)));
  const abandon = new AbortController();
  const breakOff = new AbortController();
  const running = new Set<Promise<void>>();
  const poll = createPoller(options, running, warn, {
    abandoned: abandon.signal,
    brokenOff: breakOff.signal,
  });
  let polling: { abort: AbortController; done: Promise<void> } | undefined;
  /** The end of the poller that was stopped last. */
  let ended: Promise<void> = Promise.resolve();
  let ending = 0;

  const self: EventSourceMapping = {
    uuid: mapping.uuid,
    get enabled() {
      return polling !== undefined;
    },
    get state() {
      if (polling !== undefined) return 'Enabled';
      return ending > 0 || running.size > 0 ? 'Disabling' : 'Disabled';
    },
    enable() {
      if (polling !== undefined || breakOff.signal.aborted) return;
      const abort = new AbortController();
      // One poller at a time: the one before still has its last batch to hand over.
      polling = { abort, done: ended.then(() => poll(abort.signal)) };
    },
    async disable() {
      const stopped = polling;
      polling = undefined;
      if (stopped !== undefined) {
        stopped.abort.abort();
        ending += 1;
        ended = stopped.done.finally(() => {
          ending -= 1;
        });
      }
      await ended;
      const bound = new AbortController();
      await Promise.race([pause(drainMilliseconds, bound.signal), Promise.all(running)]);
      bound.abort();
    },
    async stop() {
      breakOff.abort();
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
  { abandoned, brokenOff }: { abandoned: AbortSignal; brokenOff: AbortSignal },
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
        const batch = await collector.collect(signal, brokenOff);
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
