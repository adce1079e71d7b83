import { type Attributes, type Counter, type Histogram, metrics } from '@opentelemetry/api';
import { ERROR_TYPE } from './attributes.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';

/** The counters and histograms of docs/telemetry.md that Leadline writes. */
export interface Instruments {
  taskAttempts: Pick<Counter, 'add'>;
  taskStarted: Pick<Counter, 'add'>;
  taskCompleted: Pick<Counter, 'add'>;
  taskFailed: Pick<Counter, 'add'>;
  taskRetries: Pick<Counter, 'add'>;
  taskDead: Pick<Counter, 'add'>;
  taskUnfinished: Pick<Counter, 'add'>;
  taskDuplicates: Pick<Counter, 'add'>;
  taskRevoked: Pick<Counter, 'add'>;
  taskDuration: Pick<Histogram, 'record'>;
  taskWait: Pick<Histogram, 'record'>;
  taskEnqueued: Pick<Counter, 'add'>;
  processDuration: Pick<Histogram, 'record'>;
  clientOperationDuration: Pick<Histogram, 'record'>;
  coldStarts: Pick<Counter, 'add'>;
  queueSampleErrors: Pick<Counter, 'add'>;
}

/**
 * Call it after the meter provider is registered: OpenTelemetry's API has no proxy for meters, so
 * instruments made earlier write to nowhere for ever.
 */
export function createInstruments(): Instruments {
  const meter = metrics.getMeter(SCOPE_NAME, SCOPE_VERSION);
  const limited = createErrorTypeLimit();
  return {
    taskAttempts: meter.createCounter('task.attempts', {
      unit: '{attempt}',
      description: 'Messages taken up by a worker.',
    }),
    taskStarted: meter.createCounter('task.started', {
      unit: '{task}',
      description: 'Calls of an implementation.',
    }),
    taskCompleted: meter.createCounter('task.completed', {
      unit: '{task}',
      description: 'Attempts that completed their task.',
    }),
    taskFailed: limited.counter(
      meter.createCounter('task.failed', { unit: '{task}', description: 'Attempts that failed.' }),
    ),
    taskRetries: limited.counter(
      meter.createCounter('task.retries', {
        unit: '{retry}',
        description: 'Failed attempts whose message stays on its queue.',
      }),
    ),
    taskDead: limited.counter(
      meter.createCounter('task.dead', {
        unit: '{task}',
        description: 'Messages that were sent to their dead-letter queue.',
      }),
    ),
    taskUnfinished: meter.createCounter('task.unfinished', {
      unit: '{task}',
      description:
        'Messages handed back: the invocation ended before them, or their group was stopped.',
    }),
    taskDuplicates: meter.createCounter('task.duplicates', {
      unit: '{task}',
      description: 'Messages acknowledged without running, since their effect is done.',
    }),
    taskRevoked: meter.createCounter('task.revoked', {
      unit: '{task}',
      description: 'Messages of revoked tasks, skipped or aborted.',
    }),
    taskDuration: meter.createHistogram('task.duration', {
      unit: 'ms',
      description: 'Time that an attempt took.',
    }),
    taskWait: meter.createHistogram('task.wait', {
      unit: 'ms',
      description: 'Time that a message waited for its first attempt, deliberate delay left out.',
    }),
    taskEnqueued: meter.createCounter('task.enqueued', {
      unit: '{task}',
      description: 'Messages that SQS took.',
    }),
    processDuration: limited.histogram(
      meter.createHistogram('messaging.process.duration', {
        unit: 's',
        description: 'Duration of processing operation.',
      }),
    ),
    clientOperationDuration: limited.histogram(
      meter.createHistogram('messaging.client.operation.duration', {
        unit: 's',
        description: 'Duration of messaging operation initiated by a producer or consumer client.',
      }),
    ),
    coldStarts: meter.createCounter('faas.coldstarts', {
      unit: '{coldstart}',
      description: 'Number of invocation cold starts.',
    }),
    queueSampleErrors: limited.counter(
      meter.createCounter('queue.sample_errors', {
        unit: '{error}',
        description: 'Queues whose depth could not be read.',
      }),
    ),
  };
}

/** Error names come from user code; each new one is a new series that somebody pays for. */
const MAX_ERROR_TYPES = 50;

interface ErrorTypeLimit {
  counter(counter: Counter): Pick<Counter, 'add'>;
  histogram(histogram: Histogram): Pick<Histogram, 'record'>;
}

/** At most 50 values of `error.type` an instance, then `other`. */
function createErrorTypeLimit(): ErrorTypeLimit {
  const seen = new Set<string>();
  const limit = (attributes: Attributes = {}): Attributes => {
    const type = attributes[ERROR_TYPE];
    if (typeof type !== 'string' || seen.has(type)) return attributes;
    if (seen.size >= MAX_ERROR_TYPES) return { ...attributes, [ERROR_TYPE]: 'other' };
    seen.add(type);
    return attributes;
  };
  return {
    counter: (counter) => ({ add: (value, attributes) => counter.add(value, limit(attributes)) }),
    histogram: (histogram) => ({
      record: (value, attributes) => histogram.record(value, limit(attributes)),
    }),
  };
}
