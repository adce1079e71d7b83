import type {
  MonitoredQueue,
  MonitoredStage,
  MonitoredTask,
  QueueThresholds,
  TaskThresholds,
} from './monitored-stage.ts';

type Plain = Record<string, unknown>;

const QUEUE_DEFAULTS: QueueThresholds = {
  depth: 1000,
  oldestMessageAgeSeconds: 300,
  inFlight: 90_000,
  deadLetters: 0,
};
/** Share of its `timeoutSeconds` that the P95 of a task may take. */
const DURATION_BUDGET = 0.8;
/** The defaults of a task that says nothing, and so of what runs under no known name. */
const TASK_DEFAULTS: TaskThresholds = {
  failureRate: 0.05,
  retriesPerMinute: 100,
  p95DurationMs: 30_000 * DURATION_BUDGET,
};

/**
 * What `describeStage` and `tasks` say, with defaults for what they leave out.
 *
 * @throws Error that names the value which cannot be used: OneUptime would take it and never fire.
 */
export function readStage(config: unknown, contracts: unknown, stage: string): MonitoredStage {
  const settings = plain(config, 'describeStage');
  const oneuptime = plain(settings['oneuptime'] ?? {}, 'oneuptime');
  const ofTasks = plain(settings['tasks'] ?? {}, 'tasks');
  if (!Array.isArray(contracts)) throw new Error('tasks of functions/tasks/index.ts is no list.');
  const tasks = contracts.map((contract) => readTask(contract, ofTasks));
  const named = settings['queues'] ?? Object.fromEntries(tasks.map(({ queue }) => [queue, {}]));
  const queues = Object.fromEntries(
    Object.entries(plain(named, 'queues')).map(([name, queue]) => [name, readQueue(name, queue)]),
  );
  for (const name of Object.keys(ofTasks)) {
    if (tasks.some((task) => task.name === name)) continue;
    const known = tasks.map((task) => task.name).join(', ');
    throw new Error(`tasks.${name}: there is no such task. There are ${known}.`);
  }
  checkQueues(tasks, Object.keys(queues));
  return {
    stage: text(settings['stage'], 'stage', stage),
    serviceName: text(settings['serviceName'], 'serviceName', 'leadline'),
    metricPrefix: text(settings['metricPrefix'], 'metricPrefix', ''),
    endpoint: text(oneuptime['endpoint'], 'oneuptime.endpoint', 'https://oneuptime.com/otlp'),
    tokenParameter: text(
      oneuptime['tokenParameter'],
      'oneuptime.tokenParameter',
      `/leadline/${stage}/oneuptime-token`,
    ),
    healthTokenParameter: text(
      oneuptime['healthTokenParameter'],
      'oneuptime.healthTokenParameter',
      `/leadline/${stage}/health-token`,
    ),
    taskState: settings['taskState'] === true,
    queues,
    tasks,
    unknownTask: TASK_DEFAULTS,
  };
}

/** The stack refuses such a task, too. Its queue would be watched by no monitor. */
function checkQueues(tasks: readonly MonitoredTask[], queues: readonly string[]): void {
  for (const { name, queue } of tasks) {
    if (queues.includes(queue)) continue;
    throw new Error(
      `Task "${name}" is for the queue "${queue}", and queues has ${queues.join(', ') || 'none'}. Add it to queues, or correct the task.`,
    );
  }
}

function readQueue(name: string, value: unknown): MonitoredQueue {
  const queue = plain(value, `queues.${name}`);
  const worker = plain(queue['worker'] ?? {}, `queues.${name}.worker`);
  const fifo = queue['fifo'] === true;
  return {
    fifo,
    functionTimeoutSeconds: Number(worker['functionTimeoutSeconds'] ?? 40),
    batchSize: Number(worker['batchSize'] ?? (fifo ? 1 : 10)),
    batchingWindowSeconds: Number(worker['batchingWindowSeconds'] ?? 0),
    thresholds: thresholds(queue['thresholds'], QUEUE_DEFAULTS, `queues.${name}`),
  };
}

function readTask(value: unknown, ofTasks: Plain): MonitoredTask {
  const contract = plain(value, 'tasks');
  const name = text(contract['name'], 'name of a task');
  const settings = plain(ofTasks[name] ?? {}, `tasks.${name}`);
  const retry = plain(contract['retry'] ?? {}, `retry of ${name}`);
  const defaults = {
    ...TASK_DEFAULTS,
    ...(contract['timeoutSeconds'] !== undefined && {
      p95DurationMs: Math.round(Number(contract['timeoutSeconds']) * 1000 * DURATION_BUDGET),
    }),
  };
  return {
    name,
    queue: text(contract['queue'], `queue of ${name}`),
    maxAttempts: Number(retry['maxAttempts'] ?? 5),
    scheduled: Array.isArray(contract['schedule']) && contract['schedule'].length > 0,
    thresholds: thresholds(settings['thresholds'], defaults, `tasks.${name}`),
  };
}

function thresholds<T extends { [Key in keyof T]: number }>(
  value: unknown,
  defaults: T,
  where: string,
): T {
  const set = plain(value ?? {}, `${where}.thresholds`);
  for (const [key, threshold] of Object.entries(set)) {
    if (!(key in defaults)) {
      const known = Object.keys(defaults).join(', ');
      throw new Error(
        `${where}.thresholds.${key}: there is no such threshold. There are ${known}.`,
      );
    }
    if (typeof threshold !== 'number' || !Number.isFinite(threshold) || threshold < 0) {
      const given = JSON.stringify(threshold) ?? String(threshold);
      throw new Error(`${where}.thresholds.${key} is ${given}; give a number of 0 or more.`);
    }
    if (key === 'failureRate' && threshold > 1) {
      throw new Error(
        `${where}.thresholds.failureRate is ${threshold}, which no rate is over; give a share of the attempts from 0 to 1, as 0.05 for 5 %.`,
      );
    }
  }
  return { ...defaults, ...set };
}

function plain(value: unknown, where: string): Plain {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${where} is ${JSON.stringify(value)}; give an object.`);
}

/** Empty only where that is the default. */
function text(value: unknown, where: string, otherwise?: string): string {
  const found = value ?? otherwise;
  if (typeof found === 'string' && (found !== '' || otherwise === '')) return found;
  throw new Error(`${where} is ${JSON.stringify(found)}; give a text.`);
}
