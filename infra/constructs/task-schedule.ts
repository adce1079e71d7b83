import { Stack } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  type ScheduleTargetConfig,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { encodeMessage, type Task, type TaskScheduleEntry } from '../../lib/index.ts';
import { scheduleExpression } from './schedule-expression.ts';
import { createSchedulerRole, sendStatements } from './scheduler-role.ts';
import type { ITaskQueue } from './task-queue.ts';

export interface TaskScheduleProps {
  readonly task: Task;
  /** One of the task's `schedule`. */
  readonly entry: TaskScheduleEntry;
  /** Tells the schedules of the app apart, in messages and deduplication ids too: keep it. 1 to 100 characters. */
  readonly name: string;
  readonly queue: ITaskQueue;
}

/** What a worker reads as the name of a schedule. */
const MAX_NAME_LENGTH = 100;
const LIMIT_BYTES = 200 * 1024;
/** What EventBridge Scheduler takes as input of a target. */
const INPUT_LIMIT_BYTES = 256 * 1024;
/** No URL of a queue is longer; until it is deployed it is not known. */
const LONGEST_URL = 'x'.repeat(160);

/** Sends a message of a task to its queue whenever a schedule is due, with nothing in between. */
export class TaskSchedule extends Construct {
  readonly schedule: Schedule;

  /** @throws Error for a payload that the task's schema refuses, or that is too large. */
  constructor(scope: Construct, id: string, props: TaskScheduleProps) {
    super(scope, id);
    const { task, entry, name, queue } = props;
    const body = encodeBody(task, entry, name);
    const role = createSchedulerRole(this, sendStatements(queue));
    this.schedule = new Schedule(this, 'Schedule', {
      description: `Enqueues ${task.name}`,
      schedule: scheduleExpression(entry),
      target: {
        bind: (): ScheduleTargetConfig => ({
          ...(queue.queue.fifo ? fifoTarget(this, props, body) : standardTarget(queue, body)),
          role,
          // A run that could not be sent for an hour is better left to the next one.
          retryPolicy: { maximumRetryAttempts: 30, maximumEventAgeInSeconds: 3600 },
        }),
      },
    });
  }
}

type Target = Pick<ScheduleTargetConfig, 'arn' | 'input'>;

function standardTarget({ queue }: ITaskQueue, body: string): Target {
  return { arn: queue.queueArn, input: ScheduleTargetInput.fromText(body) };
}

/**
 * The target made for SQS knows no deduplication id and asks for deduplication by content, in which
 * no run is like another. So: the API call itself, and the same run sent twice is one message.
 */
function fifoTarget(scope: Construct, props: TaskScheduleProps, body: string): Target {
  const { task, entry, name, queue } = props;
  const input = {
    QueueUrl: queue.queue.queueUrl,
    MessageBody: body,
    MessageGroupId: entry.messageGroupId ?? task.name,
    MessageDeduplicationId: `${name}-${ContextAttribute.scheduledTime}`,
  };
  // The message is JSON within JSON here: every quotation mark of it is two bytes.
  const bytes = Buffer.byteLength(JSON.stringify({ ...input, QueueUrl: LONGEST_URL }));
  if (bytes > INPUT_LIMIT_BYTES) {
    throw new Error(
      `Schedule ${JSON.stringify(name)} of task ${JSON.stringify(task.name)}: its message is ${bytes} bytes as the input of a FIFO queue, where its quotation marks are escaped, and EventBridge Scheduler takes 256 KB. Pass a reference to the data instead.`,
    );
  }
  return {
    arn: `arn:${Stack.of(scope).partition}:scheduler:::aws-sdk:sqs:sendMessage`,
    input: ScheduleTargetInput.fromObject(input),
  };
}

function encodeBody(task: Task, { payload }: TaskScheduleEntry, name: string): string {
  const refuse = (text: string): never => {
    throw new Error(
      `Schedule ${JSON.stringify(name)} of task ${JSON.stringify(task.name)}: ${text}`,
    );
  };
  if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
    refuse(`its name has ${name.length} characters. Give it 1 to ${MAX_NAME_LENGTH}.`);
  }
  // What the worker will see is the payload as JSON carries it.
  const carried: unknown = JSON.parse(JSON.stringify(payload) ?? 'null');
  const result = task.payload['~standard'].validate(carried);
  if (result instanceof Promise) {
    // Nobody waits for this one any more.
    result.catch(() => {});
    return refuse(
      'its schema is asynchronous, and a stack is put together without waiting. Use a schema without asynchronous checks.',
    );
  }
  if (result.issues !== undefined) {
    const issues = result.issues.map(({ message, path = [] }) => {
      const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
      return `${['payload', ...keys.map(String)].join('.')}: ${message}`;
    });
    return refuse(`its payload does not fit the task's schema: ${issues.join('; ')}`);
  }
  const message = encodeMessage({
    id: ContextAttribute.executionId,
    task: task.name,
    payload: carried,
    schedule: name,
  });
  // The encoder writes times; this one is known when the schedule is due.
  const body = `${message.slice(0, -1)},"enqueued_at":"${ContextAttribute.scheduledTime}"}`;
  const bytes = Buffer.byteLength(body);
  if (bytes > LIMIT_BYTES) {
    refuse(`its message is ${bytes} bytes, over 200 KB. Pass a reference to the data instead.`);
  }
  return body;
}
