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

/** @throws Error for two tasks of one name, a bad schedule, and a task whose queue is not listed. */
export function queueSettings({
  tasks,
  queues,
}: TaskQueuesProps): Record<string, TaskQueueSettings> {
  createTaskRegistry(tasks);
  for (const task of tasks) checkSchedules(task);
  if (queues === undefined) return Object.fromEntries(tasks.map((task) => [task.queue, {}]));
  for (const { name, queue } of tasks) {
    if (Object.hasOwn(queues, queue)) continue;
    throw new Error(
      `Task "${name}" is for the queue "${queue}", and queues has ${Object.keys(queues).join(', ')}. Add it to queues, or correct the task.`,
    );
  }
  return queues;
}

/** What of a queue's settings is its worker's. */
export function workerSettings(settings: TaskQueueSettings): WorkerSettings {
  const { fifo, visibilityTimeout, maxReceiveCount, ...others } = settings;
  const { retention, deadLetterRetention, thresholds, ...worker } = others;
  return worker;
}
