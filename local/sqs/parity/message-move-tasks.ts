import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineQueue, FauxqsEngine } from '../fauxqs-engine.ts';
import type { QueueTraffic } from '../queue-traffic.ts';
import type { SqsAction } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { openEnvelope } from './message-envelope.ts';
import type { QueueArrivals } from './queue-arrivals.ts';
import type { EngineReceived } from './received-message.ts';
import { storedMessage } from './send-message.ts';

export interface MessageMoveTasks {
  start: SqsAction;
  list: SqsAction;
  cancel: SqsAction;
  stop(): Promise<void>;
}

interface MoveTask {
  handle: string;
  source: EngineQueue;
  destinationArn: string | undefined;
  perSecond: number;
  startedAt: number;
  moved: number;
  toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason?: string;
  running: Promise<void>;
}

/** SQS picks the speed itself when none is asked for; 500 a second is the most that can be. */
const maxPerSecond = 500;

/** StartMessageMoveTask and its kin: the redrive out of a dead-letter queue, which fauxqs lacks. */
export function createMessageMoveTasks(
  engine: FauxqsEngine,
  arrivals: QueueArrivals,
  onTraffic: (traffic: QueueTraffic) => void = () => {},
): MessageMoveTasks {
  const service = { engine, arrivals, onTraffic };
  const tasks: MoveTask[] = [];
  return {
    async start(request) {
      const source = queueOfArn(request['SourceArn'], engine);
      if (tasks.some((task) => task.source.arn === source.arn && task.status === 'RUNNING')) {
        throw new SqsRefusal('UnsupportedOperation', 'A task is already running on this queue.');
      }
      const destination = request['DestinationArn'] as string | undefined;
      if (destination !== undefined) queueOfArn(destination, engine);
      const task: MoveTask = {
        handle: randomUUID(),
        source,
        destinationArn: destination,
        perSecond: Number(request['MaxNumberOfMessagesPerSecond'] ?? maxPerSecond),
        startedAt: Date.now(),
        moved: 0,
        toMove: source.messages.ready.length,
        status: 'RUNNING',
        running: Promise.resolve(),
      };
      task.running = run(task, service);
      tasks.unshift(task);
      return { TaskHandle: task.handle };
    },
    async list(request) {
      const source = queueOfArn(request['SourceArn'], engine);
      const listed = tasks.filter((task) => task.source.arn === source.arn);
      return { Results: listed.slice(0, Number(request['MaxResults'] ?? 1)).map(listEntry) };
    },
    async cancel(request) {
      const task = tasks.find((candidate) => candidate.handle === request['TaskHandle']);
      if (task?.status !== 'RUNNING') {
        throw new SqsRefusal('ResourceNotFoundException', 'No such task is running.');
      }
      task.status = 'CANCELLED';
      await task.running;
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
    async stop() {
      for (const task of tasks) if (task.status === 'RUNNING') task.status = 'CANCELLED';
      await Promise.all(tasks.map((task) => task.running));
    },
  };
}

interface MoveService {
  engine: FauxqsEngine;
  arrivals: QueueArrivals;
  onTraffic: (traffic: QueueTraffic) => void;
}

async function run(task: MoveTask, service: MoveService): Promise<void> {
  const { engine } = service;
  try {
    while (task.status === 'RUNNING') {
      const answer = await engine.call('ReceiveMessage', {
        QueueUrl: task.source.name,
        MaxNumberOfMessages: Math.min(10, task.perSecond),
        MessageSystemAttributeNames: ['All'],
      });
      const messages = (answer['Messages'] ?? []) as EngineReceived[];
      if (messages.length === 0) {
        task.status = 'COMPLETED';
        break;
      }
      await moveAll(messages, task, service);
      await delay((messages.length / task.perSecond) * 1000);
    }
  } catch (error) {
    task.status = 'FAILED';
    task.failureReason = error instanceof Error ? error.message : String(error);
  }
}

/** What cannot be moved is visible again at once, as in SQS. */
async function moveAll(
  messages: readonly EngineReceived[],
  task: MoveTask,
  service: MoveService,
): Promise<void> {
  for (const [index, message] of messages.entries()) {
    try {
      await move(message, task, service);
    } catch (error) {
      for (const { ReceiptHandle } of messages.slice(index)) {
        await service.engine.call('ChangeMessageVisibility', {
          QueueUrl: task.source.name,
          ReceiptHandle,
          VisibilityTimeout: 0,
        });
      }
      throw error;
    }
  }
}

/** A moved message is a new one to SQS: new id, new time, receive count from 0. */
async function move(
  message: EngineReceived,
  task: MoveTask,
  { engine, arrivals, onTraffic }: MoveService,
): Promise<void> {
  const envelope = openEnvelope(message.MessageAttributes);
  const destination = queueOfArn(task.destinationArn ?? envelope.sourceQueueArn, engine);
  if (destination.arn === task.source.arn) {
    throw new SqsRefusal('CouldNotDetermineMessageSource', 'CouldNotDetermineMessageSource');
  }
  const stored = storedMessage(
    {
      body: envelope.body,
      attributes: envelope.attributes,
      systemAttributes:
        envelope.traceHeader === undefined
          ? {}
          : { AWSTraceHeader: { DataType: 'String', StringValue: envelope.traceHeader } },
      delaySeconds: undefined,
      groupId: envelope.groupId,
      deduplicationId:
        destination.attributes['FifoQueue'] === 'true' ? message.MessageId : undefined,
    },
    destination,
  );
  await engine.call('SendMessage', { QueueUrl: destination.name, ...stored });
  await engine.call('DeleteMessage', {
    QueueUrl: task.source.name,
    ReceiptHandle: message.ReceiptHandle,
  });
  task.moved += 1;
  onTraffic({ queueName: task.source.name, sent: 0, received: 1, deleted: 1 });
  onTraffic({ queueName: destination.name, sent: 1, received: 0, deleted: 0 });
  arrivals.notify(destination.name);
}

function queueOfArn(arn: unknown, engine: FauxqsEngine): EngineQueue {
  const queue = engine.inspectQueue(
    String(arn ?? '')
      .split(':')
      .at(-1) as string,
  );
  if (queue === undefined || queue.arn !== arn) {
    throw new SqsRefusal('ResourceNotFoundException', `No queue has the ARN ${String(arn)}.`);
  }
  return queue;
}

function listEntry(task: MoveTask): object {
  return {
    TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
    Status: task.status,
    SourceArn: task.source.arn,
    DestinationArn: task.destinationArn,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAt,
  };
}
