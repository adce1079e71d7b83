import type { Instruments } from '../instrumentation/instruments.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import type { LifecycleEventName, LifecycleEvents } from '../task/lifecycle.ts';
import type { ImplementationRegistry } from '../task/task-registry.ts';
import type { BatchTrace } from './batch-trace.ts';
import type { StartedDeadline } from './invocation-deadline.ts';
import type { WorkerQueues } from './queue-index.ts';
import type { SqsCalls } from './sqs-calls.ts';
import type { TaskRecorder } from './task-recorder.ts';

/** What processing a batch needs of its worker and of its invocation. Made anew for each. */
export interface WorkerEnvironment {
  readonly registry: ImplementationRegistry;
  readonly instruments: Instruments;
  readonly batchTrace: BatchTrace;
  readonly log: BindableLog;
  readonly deadline: StartedDeadline;
  /** Loads the AWS SDK at its first call. */
  readonly sqs: () => Promise<SqsCalls>;
  /** Calls the listeners; they are waited for at the end of the invocation. @default there are none */
  readonly emit?: <Name extends LifecycleEventName>(
    name: Name,
    event: LifecycleEvents[Name],
  ) => void;
  readonly acknowledge: 'batch' | 'each';
  /** When the batch was taken up, by `Date.now()`: the closest to its receive that is known. */
  readonly receivedAt: number;
  /** AWS request id of the invocation. */
  readonly requestId: string;
  /** Every queue that the worker knows, by logical name. */
  readonly queues: WorkerQueues;
  /** @default task state is off */
  readonly recorder?: TaskRecorder;
  /** How many records the invocation has. */
  readonly batchLength: number;
}
