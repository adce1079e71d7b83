import type { Metric, MetricStore } from '../cloudwatch/metric-store.ts';
import type { EngineMessage, EngineQueue } from './fauxqs-engine.ts';
import { countMessages } from './parity/queue-counters.ts';
import type { QueueTraffic } from './queue-traffic.ts';

/** AWS/SQS of CloudWatch, for the queues that are in use. */
export interface QueueMetrics {
  count(traffic: QueueTraffic): void;
  /** Publishes what the seconds since the last sample have to show. */
  sample(): void;
  stop(): void;
}

export interface QueueMetricsOptions {
  store: MetricStore;
  inspectQueue: (queueName: string) => EngineQueue | undefined;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** SQS publishes nothing for a queue that was empty and not accessed for so long. */
const ACTIVE_MS = 6 * 3_600_000;
const SAMPLE_MS = 1_000;
/** Sampling copies every message of a queue: it may take a twentieth of the time, whatever the depth. */
const SAMPLE_SHARE = 20;
/** What a machine that was asleep does not make up for. */
const LONGEST_GAP_SECONDS = 60;
/** From so many receives on, SQS leaves a message out of the age of the oldest. */
const POISON_RECEIVE_COUNT = 3;

export function startQueueMetrics(options: QueueMetricsOptions): QueueMetrics {
  const { store, inspectQueue, now = Date.now } = options;
  /** When each queue was last accessed or held a message, in epoch milliseconds. */
  const activeAt = new Map<string, number>();
  let sampledSecond = Math.floor(now() / 1000) - 1;
  let timer = setTimeout(turn, SAMPLE_MS).unref();

  function turn(): void {
    const start = performance.now();
    metrics.sample();
    const pause = Math.max(SAMPLE_MS, (performance.now() - start) * SAMPLE_SHARE);
    timer = setTimeout(turn, pause).unref();
  }

  function sampleQueue(queueName: string, seconds: readonly number[]): void {
    const queue = inspectQueue(queueName);
    if (queue === undefined) {
      activeAt.delete(queueName);
      return;
    }
    const at = now();
    const counters = countMessages(queue, at);
    const messages = allMessages(queue);
    if (messages.length > 0) activeAt.set(queueName, at);
    else if (at - (activeAt.get(queueName) ?? 0) > ACTIVE_MS) return;
    const put = (name: string, value: number, unit: string) => {
      for (const second of seconds) store.put(metric(name, queueName), value, second * 1000, unit);
    };
    put('ApproximateNumberOfMessagesVisible', counters.ApproximateNumberOfMessages, 'Count');
    put(
      'ApproximateNumberOfMessagesNotVisible',
      counters.ApproximateNumberOfMessagesNotVisible,
      'Count',
    );
    put('ApproximateNumberOfMessagesDelayed', counters.ApproximateNumberOfMessagesDelayed, 'Count');
    put('ApproximateAgeOfOldestMessage', oldestAgeSeconds(messages, at), 'Seconds');
    for (const name of Object.values(COUNTS)) {
      for (const second of seconds) putZero(store, metric(name, queueName), second);
    }
  }

  const metrics: QueueMetrics = {
    count(traffic) {
      const { queueName } = traffic;
      const at = now();
      activeAt.set(queueName, at);
      for (const [kind, name] of Object.entries(COUNTS)) {
        const count = traffic[kind as keyof typeof COUNTS];
        if (count > 0) store.put(metric(name, queueName), count, at, 'Count');
      }
    },
    sample() {
      const second = Math.floor(now() / 1000);
      const unseen = Math.max(sampledSecond + 1, second - LONGEST_GAP_SECONDS);
      const first = Math.min(unseen, second);
      const seconds = Array.from({ length: second - first + 1 }, (_, index) => first + index);
      sampledSecond = Math.max(sampledSecond, second);
      for (const queueName of activeAt.keys()) sampleQueue(queueName, seconds);
    },
    stop: () => clearTimeout(timer),
  };
  return metrics;
}

const COUNTS = {
  sent: 'NumberOfMessagesSent',
  received: 'NumberOfMessagesReceived',
  deleted: 'NumberOfMessagesDeleted',
} as const;

function metric(metricName: string, QueueName: string): Metric {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName } };
}

/** A queue in use has a count for every minute, most often 0. */
function putZero(store: MetricStore, counted: Metric, second: number): void {
  const start = second * 1000;
  const taken = store.read(counted, { start, end: start + 1, periodSeconds: 1 }).length > 0;
  if (!taken) store.put(counted, 0, start, 'Count');
}

function allMessages({ messages }: EngineQueue): EngineMessage[] {
  return [...messages.ready, ...messages.delayed, ...messages.inflight.map((one) => one.message)];
}

function oldestAgeSeconds(messages: readonly EngineMessage[], at: number): number {
  let oldest = at;
  for (const { sentTimestamp, approximateReceiveCount } of messages) {
    if (approximateReceiveCount < POISON_RECEIVE_COUNT) oldest = Math.min(oldest, sentTimestamp);
  }
  return Math.floor((at - oldest) / 1000);
}
