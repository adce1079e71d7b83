import { InvalidSetting } from '../lib/index.ts';

type Env = NodeJS.ProcessEnv;

/** One queue of `QUEUES`. */
export interface QueueSetting {
  url: string;
  dlqUrl?: string;
  /** Of the event source mapping of a FIFO queue. */
  batchSize?: number;
  /** Name of the function that consumes it. */
  worker?: string;
  /** UUID of its event source mapping. */
  mapping?: string;
}

const EXAMPLE = 'give e.g. {"default":{"url":"https://sqs..."}}.';

/**
 * The queues of this function, by logical name. This file is the only place in functions/ that
 * reads the environment; a bad value stops the function before it takes its first event.
 *
 * @throws InvalidSetting that names the variable, the value and what to do.
 */
export function readQueues(env: Env = process.env): Record<string, QueueSetting> {
  const value = env['QUEUES'];
  if (!value) {
    throw new InvalidSetting('QUEUES', `is not set; ${EXAMPLE}`);
  }
  const queues = parse(value);
  if (Object.keys(queues).length === 0) {
    throw new InvalidSetting('QUEUES', `names no queue; ${EXAMPLE}`);
  }
  for (const [name, queue] of Object.entries(queues)) {
    checkUrl(`${name}.url`, queue?.url);
    if (queue?.dlqUrl !== undefined) checkUrl(`${name}.dlqUrl`, queue.dlqUrl);
    checkBatchSize(`${name}.batchSize`, queue?.batchSize);
    checkText(`${name}.worker`, queue?.worker);
    checkText(`${name}.mapping`, queue?.mapping);
  }
  return queues;
}

/**
 * The queues of `QUEUES`, or those below `QUEUE_NAME_PREFIX` where that is set.
 *
 * @throws InvalidSetting as `readQueues`, and when both are set.
 */
export function readQueueSource(
  env: Env = process.env,
): { queues: Record<string, QueueSetting> } | { prefix: string } {
  const prefix = env['QUEUE_NAME_PREFIX'];
  if (!prefix) return { queues: readQueues(env) };
  if (env['QUEUES']) {
    throw new InvalidSetting('QUEUE_NAME_PREFIX', 'is set beside QUEUES; set one of them.');
  }
  // What SQS takes in a name; a full name has 80 characters.
  if (!/^[\w-]{1,79}$/.test(prefix)) {
    const problem = `is ${JSON.stringify(prefix)}; use letters, digits, - and _.`;
    throw new InvalidSetting('QUEUE_NAME_PREFIX', problem);
  }
  return { prefix };
}

/**
 * What a producer keeps messages for later with: `SCHEDULE_GROUP` and `SCHEDULE_ROLE_ARN`, both or
 * neither.
 *
 * @throws InvalidSetting for one without the other, and for what is no ARN of a role.
 */
export function readScheduler(
  env: Env = process.env,
): { groupName: string; roleArn: string } | undefined {
  const groupName = env['SCHEDULE_GROUP'];
  const roleArn = env['SCHEDULE_ROLE_ARN'];
  if (!groupName && !roleArn) return undefined;
  if (!groupName) throw new InvalidSetting('SCHEDULE_GROUP', 'is not set, and its role is.');
  if (!roleArn) throw new InvalidSetting('SCHEDULE_ROLE_ARN', 'is not set, and its group is.');
  if (!/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(roleArn)) {
    const problem = `is ${JSON.stringify(roleArn)}; give the ARN of the role that EventBridge Scheduler sends with.`;
    throw new InvalidSetting('SCHEDULE_ROLE_ARN', problem);
  }
  return { groupName, roleArn };
}

/**
 * The DynamoDB table of task state. Undefined: there is no state.
 *
 * @throws InvalidSetting for what no table is named.
 */
export function readTaskTable(env: Env = process.env): string | undefined {
  const name = env['TASK_TABLE'];
  if (!name) return undefined;
  if (/^[A-Za-z0-9_.-]{3,255}$/.test(name)) return name;
  const problem = `is ${JSON.stringify(name.slice(0, 80))}; give the name of a DynamoDB table, 3 to 255 letters, digits, -, _ and dots.`;
  throw new InvalidSetting('TASK_TABLE', problem);
}

/** How CloudWatch is asked. @throws InvalidSetting for what is no number of seconds. */
export function readCloudWatchSettings(
  env: Env = process.env,
): Partial<Record<'lagSeconds' | 'periodSeconds' | 'intervalSeconds', number>> {
  return {
    ...readSeconds(env, 'CLOUDWATCH_LAG_SECONDS', 'lagSeconds', { from: 0 }),
    ...readSeconds(env, 'CLOUDWATCH_PERIOD_SECONDS', 'periodSeconds'),
    ...readSeconds(env, 'CLOUDWATCH_INTERVAL_SECONDS', 'intervalSeconds'),
  };
}

/** Of the depth function. @throws InvalidSetting */
export function readDepthSettings(env: Env = process.env): {
  resolutionSeconds?: number;
  heartbeatUrl?: SecretText;
} {
  const heartbeatUrl = readSecret(env, 'HEARTBEAT_URL');
  return {
    ...readSeconds(env, 'RESOLUTION_SECONDS', 'resolutionSeconds', { to: 60 }),
    ...(heartbeatUrl && { heartbeatUrl }),
  };
}

/** Of the health function. @throws InvalidSetting */
export function readHealthSettings(env: Env = process.env): {
  token?: SecretText | 'none';
  version?: string;
  stalledAfterSeconds?: number;
} {
  const token = env['HEALTH_TOKEN'] === 'none' ? 'none' : readSecret(env, 'HEALTH_TOKEN');
  return {
    ...(token && { token }),
    ...(env['APP_VERSION'] && { version: env['APP_VERSION'] }),
    ...readSeconds(env, 'STALLED_AFTER_SECONDS', 'stalledAfterSeconds'),
  };
}

/** What `<NAME>` holds, or the SSM parameter that `<NAME>_PARAMETER` names. */
type SecretText = { value: string } | { parameter: string };

function readSecret(env: Env, name: string): SecretText | undefined {
  const value = env[name];
  if (value) return { value };
  const parameter = env[`${name}_PARAMETER`];
  return parameter ? { parameter } : undefined;
}

function readSeconds<Key extends string>(
  env: Env,
  variable: string,
  key: Key,
  { from = 1, to = 86_400 }: { from?: number; to?: number } = {},
): Partial<Record<Key, number>> {
  const value = env[variable];
  if (!value) return {};
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < from || seconds > to) {
    const problem = `is ${JSON.stringify(value)}; use whole seconds from ${from} to ${to}.`;
    throw new InvalidSetting(variable, problem);
  }
  return { [key]: seconds } as Partial<Record<Key, number>>;
}

function parse(value: string): Record<string, QueueSetting> {
  let queues: unknown;
  try {
    queues = JSON.parse(value);
  } catch {
    throw new InvalidSetting('QUEUES', `is not JSON (${value.slice(0, 80)}); ${EXAMPLE}`);
  }
  if (typeof queues !== 'object' || queues === null || Array.isArray(queues)) {
    throw new InvalidSetting('QUEUES', `is not a JSON object of queues by name; ${EXAMPLE}`);
  }
  return queues as Record<string, QueueSetting>;
}

function checkUrl(key: string, url: unknown): void {
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new InvalidSetting('QUEUES', `${key} is ${JSON.stringify(url)}; give the queue's URL.`);
  }
}

function checkText(key: string, text: unknown): void {
  if (text !== undefined && (typeof text !== 'string' || text === '')) {
    throw new InvalidSetting('QUEUES', `${key} is ${JSON.stringify(text)}; give its name.`);
  }
}

function checkBatchSize(key: string, size: unknown): void {
  if (size !== undefined && !(Number.isInteger(size) && (size as number) >= 1)) {
    throw new InvalidSetting('QUEUES', `${key} is ${JSON.stringify(size)}; give a whole number.`);
  }
}
