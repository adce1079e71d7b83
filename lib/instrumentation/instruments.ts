import { type Attributes, metrics } from '@opentelemetry/api';
import { ERROR_TYPE } from './attributes.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';

/** The counters and histograms of docs/telemetry.md that producers and workers write. */
export type Instruments = ReturnType<typeof createInstruments>;

/**
 * Call it after the meter provider is registered: OpenTelemetry's API has no proxy for meters, so
 * instruments made earlier write to nowhere for ever.
 */
export function createInstruments() {
  const meter = metrics.getMeter(SCOPE_NAME, SCOPE_VERSION);
  const limitErrorType = createErrorTypeLimit();
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
    taskFailed: limitErrorType(
      meter.createCounter('task.failed', { unit: '{task}', description: 'Attempts that failed.' }),
    ),
    taskRetries: limitErrorType(
      meter.createCounter('task.retries', {
        unit: '{retry}',
        description: 'Failed attempts whose message stays on its queue.',
      }),
    ),
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
    processDuration: limitErrorType(
      meter.createHistogram('messaging.process.duration', {
        unit: 's',
        description: 'Duration of processing operation.',
      }),
    ),
    clientOperationDuration: limitErrorType(
      meter.createHistogram('messaging.client.operation.duration', {
        unit: 's',
        description: 'Duration of messaging operation initiated by a producer or consumer client.',
      }),
    ),
    coldStarts: meter.createCounter('faas.coldstarts', {
      unit: '{coldstart}',
      description: 'Number of invocation cold starts.',
    }),
  };
}

interface Recorder {
  add?(value: number, attributes?: Attributes): void;
  record?(value: number, attributes?: Attributes): void;
}

/** Error names come from user code; each new one is a new series that somebody pays for. */
const MAX_ERROR_TYPES = 50;

/** At most 50 values of `error.type` an instance, then `other`. */
function createErrorTypeLimit() {
  const seen = new Set<string>();
  const limit = (attributes: Attributes = {}): Attributes => {
    const type = attributes[ERROR_TYPE];
    if (typeof type !== 'string' || seen.has(type)) return attributes;
    if (seen.size >= MAX_ERROR_TYPES) return { ...attributes, [ERROR_TYPE]: 'other' };
    seen.add(type);
    return attributes;
  };
  return <T extends Recorder>(recorder: T): Pick<T, keyof Recorder & keyof T> => {
    const limited: Recorder = {
      add: (value, attributes) => recorder.add?.(value, limit(attributes)),
      record: (value, attributes) => recorder.record?.(value, limit(attributes)),
    };
    return limited as Pick<T, keyof Recorder & keyof T>;
  };
}
