import type { AskedMetric, AwsWorld, StandInQueue } from './aws-world.ts';
import { getMetricData } from './get-metric-data.ts';
import type { AwsCall } from './read-aws-call.ts';

/** What AWS refuses with. */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export interface AnswerAwsParts {
  queueUrl: (name: string) => string;
  onMetrics: (metrics: readonly AskedMetric[]) => void;
}

export type AnswerAws = (call: AwsCall) => unknown;

export function answerAws(world: AwsWorld, parts: AnswerAwsParts): AnswerAws {
  return (call) => {
    const answer = ACTIONS[call.action];
    if (answer === undefined) throw new AwsRefusal(400, 'UnknownOperation', call.action);
    return answer(call, world, parts);
  };
}

type Action = (call: AwsCall, world: AwsWorld, parts: AnswerAwsParts) => unknown;

const ACTIONS: Readonly<Record<string, Action>> = {
  ListQueues({ input }, { queues, pages }, { queueUrl }) {
    const prefix = String(input['QueueNamePrefix'] ?? '');
    const names = [...queues.keys()].filter((name) => name.startsWith(prefix));
    const { items, next } = page(names, input['NextToken'], pages.queues);
    return { QueueUrls: items.map(queueUrl), ...(next && { NextToken: next }) };
  },
  GetQueueAttributes({ subject }, { queues }) {
    const queue = queues.get(subject);
    if (queue !== undefined) return { Attributes: attributesOf(queue) };
    const type = 'com.amazonaws.sqs#QueueDoesNotExist';
    throw new AwsRefusal(400, type, 'The specified queue does not exist.');
  },
  GetMetricData: ({ input }, { metrics, pages }, { onMetrics }) =>
    getMetricData(input, metrics.datapoints, pages.points, onMetrics),
  ListEventSourceMappings({ input }, { mappings, pages }) {
    const { items, next } = page(mappings, input['Marker'], pages.mappings);
    const found = items.map(({ uuid, queue, worker, state = 'Enabled' }) => ({
      UUID: uuid,
      State: state,
      EventSourceArn: arnOf('sqs', queue),
      FunctionArn: arnOf('lambda', `function:${worker}`),
    }));
    return { EventSourceMappings: found, ...(next && { NextMarker: next }) };
  },
  GetEventSourceMapping({ subject }, { mappings }) {
    const mapping = mappings.find(({ uuid }) => uuid === subject);
    if (mapping === undefined) throw notFound('The resource you requested does not exist.');
    return { UUID: mapping.uuid, State: mapping.state ?? 'Enabled' };
  },
  GetFunctionConfiguration({ subject }, { functions }) {
    const State = functions.get(subject);
    if (State === undefined) throw notFound(`Function not found: ${arnOf('lambda', subject)}`);
    return { FunctionName: subject, State };
  },
  GetParameter({ subject }, { parameters }) {
    const Value = parameters.get(subject);
    if (Value === undefined) throw new AwsRefusal(400, 'ParameterNotFound', 'There is none.');
    return { Parameter: { Name: subject, Type: 'SecureString', Value } };
  },
};

function attributesOf(queue: StandInQueue): Record<string, string> {
  const { visible = 0, inFlight = 0, delayed = 0, deadLetterQueue, deadLettersOf } = queue;
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ...(deadLetterQueue !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: arnOf('sqs', deadLetterQueue),
        maxReceiveCount: 5,
      }),
    }),
    ...(deadLettersOf !== undefined && {
      RedriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: deadLettersOf.map((name) => arnOf('sqs', name)),
      }),
    }),
    ...queue.attributes,
  };
}

function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
}

function notFound(message: string): AwsRefusal {
  return new AwsRefusal(404, 'ResourceNotFoundException', message);
}

function page<T>(all: readonly T[], token: unknown, size: number) {
  const start = Number(token ?? 0);
  const next = start + size < all.length ? String(start + size) : undefined;
  return { items: all.slice(start, start + size), next };
}
