import { checkSchedules, createTaskRegistry } from '../../lib/index.ts';
import type { TaskFunctionOptions } from './task-function.ts';
import type { TaskQueueSettings, TaskQueuesProps } from './task-queues-props.ts';

type WorkerSettings = Omit<
  TaskQueueSettings,
  | 'fifo'
  | 'visibilityTimeout'
  | 'maxReceiveCount'
  | 'retention'
  | 'deadLetterRetention'
  | 'thresholds'
>;

/** Another OTLP backend, of everything or of one signal. */
const ENDPOINT = /^OTEL_EXPORTER_OTLP_(\w+_)?ENDPOINT$/;

/** What every function is given. */
export function functionOptions(stage: string, props: TaskQueuesProps): TaskFunctionOptions {
  const { bundles, serviceName, metricPrefix, environment = {}, logRetention } = props;
  const { endpoint, tokenParameter, tokenSecret, parameterKey } = props.oneuptime ?? {};
  const elsewhere =
    tokenSecret !== undefined || Object.keys(environment).some((name) => ENDPOINT.test(name));
  const parameter =
    tokenParameter ?? (elsewhere ? undefined : `/leadline/${stage}/oneuptime-token`);
  return {
    stage,
    environment,
    ...(bundles !== undefined && { bundles }),
    ...(serviceName !== undefined && { serviceName }),
    ...(metricPrefix !== undefined && { metricPrefix }),
    ...(logRetention !== undefined && { logRetention }),
    ...(endpoint !== undefined && { oneuptimeEndpoint: endpoint }),
    ...(parameter !== undefined && { oneuptimeTokenParameter: parameter }),
    ...(tokenSecret && { oneuptimeTokenSecret: tokenSecret }),
    ...(parameterKey && { parameterKey }),
  };
}

/** @throws Error for two tasks of one name, a bad schedule, queues of one name, and a task without its queue. */
export function queueSettings({
  tasks,
  queues,
}: TaskQueuesProps): Record<string, TaskQueueSettings> {
  createTaskRegistry(tasks);
  for (const task of tasks) checkSchedules(task);
  const settings = queues ?? Object.fromEntries(tasks.map((task) => [task.queue, {}]));
  if (Object.keys(settings).length === 0) {
    throw new Error(
      'There is no queue: tasks is empty, and queues names none. Give tasks the contracts of the app.',
    );
  }
  checkPhysicalNames(settings);
  for (const { name, queue } of tasks) {
    if (Object.hasOwn(settings, queue)) continue;
    throw new Error(
      `Task "${name}" is for the queue "${queue}", and queues has ${Object.keys(settings).join(', ')}. Add it to queues, or correct the task.`,
    );
  }
  return settings;
}

function checkPhysicalNames(settings: Record<string, TaskQueueSettings>): void {
  for (const [name, { fifo = false }] of Object.entries(settings)) {
    const other = settings[`${name}-dlq`];
    if (other === undefined || (other.fifo ?? false) !== fifo) continue;
    throw new Error(
      `The queue "${name}-dlq" has the name of the dead-letter queue of "${name}". Name one of them otherwise.`,
    );
  }
}

/** What of a queue's settings is its worker's. */
export function workerSettings(settings: TaskQueueSettings): WorkerSettings {
  const { fifo, visibilityTimeout, maxReceiveCount, ...others } = settings;
  const { retention, deadLetterRetention, thresholds, ...worker } = others;
  return worker;
}
