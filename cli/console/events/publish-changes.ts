import type { QueuesReading } from '../queues/queue-monitor.ts';
import type { RunIndex } from '../runs/run-index.ts';
import type { EventHub } from './event-hub.ts';

/** Tells the pages that are open what changed, and how often. */
export interface ChangePublisher {
  publishReading(reading: QueuesReading): void;
  /** Somebody listens; it stops by itself when nobody does. */
  start(): void;
  stop(): void;
}

export interface ChangePublisherParts {
  hub: EventHub;
  index: RunIndex;
  hasTelemetry: boolean;
}

const RUNS_MS = 250;
const TASKS_MS = 1_000;
/** 2,000 runs a second; what is more waits, and is then told once. */
const MAX_RUNS = 500;

export function publishChanges({
  hub,
  index,
  hasTelemetry,
}: ChangePublisherParts): ChangePublisher {
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;

  const publishRuns = () => {
    if (!hub.hasListeners('runs')) return index.forgetChangedRuns();
    const runs = index.takeChangedRuns(MAX_RUNS);
    if (runs.length > 0) hub.publish('runs', { runs });
  };
  const publishTasks = () => {
    if (!hub.hasListeners('tasks')) return;
    const tasks = index.takeChangedTasks();
    if (tasks.length > 0) hub.publish('tasks', { at: Date.now(), tasks });
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const publish = () => {
    if (!hub.hasListeners('runs') && !hub.hasListeners('tasks')) return stop();
    publishRuns();
    turn += 1;
    if (turn % (TASKS_MS / RUNS_MS) === 0) publishTasks();
  };

  return {
    publishReading({ at, queues, error }) {
      hub.publish('overview', {
        at,
        queues: hasTelemetry
          ? queues.map((queue) => ({ ...queue, rates: index.queueRates(queue.name) }))
          : queues,
        ...(hasTelemetry && { rates: index.rates() }),
        ...(error !== undefined && { error }),
      });
    },
    start() {
      if (timer !== undefined || !hasTelemetry) return;
      // Whoever begins to listen asks for what there is.
      index.forgetChangedRuns();
      timer = setInterval(publish, RUNS_MS).unref();
    },
    stop,
  };
}
