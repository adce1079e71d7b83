import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import type { ReceivedSpan } from '../../local/otlp/telemetry-record.ts';
import { type Stack, startStack } from '../../local/start-stack.ts';
import { builtBundles } from './built-bundles.ts';
import { describeTestStack, QUEUE, type TestStackShape } from './test-stack-description.ts';

export interface TestStackOptions extends TestStackShape {
  /** @default the project's own */
  bundleDirectory?: string;
  /** The clock of the schedules. @default Date.now */
  now?: () => number;
}

export interface TestStack extends Stack {
  /** `POST /tasks/<task>`; a string or bytes are sent as they are. */
  post(
    task: string,
    payload: unknown,
    headers?: Record<string, string>,
    path?: string,
  ): Promise<Answer>;
  /** Resolves with all spans of a task's trace, the HTTP request's included, once it was tried. */
  trace(answer: Answer): Promise<ReceivedSpan[]>;
  /** The JSON log lines of all functions so far. */
  logLines(): LogLine[];
  /** All lines of their output. */
  output(): readonly string[];
  readonly reports: readonly InvocationReport[];
  /** Messages of a queue, whatever state they are in. */
  messageCount(queueName?: string): Promise<number>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
  body: any;
}

export type LogLine = Record<string, unknown>;

/** The one-machine stack with a description of its own. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { bundleDirectory = await builtBundles(), now, ...shape } = options;
  const output: string[] = [];
  const reports: InvocationReport[] = [];
  const stack = await startStack(describeTestStack(shape), {
    bundleDirectory,
    ...(now && { now }),
    onOutput: (line) => output.push(line),
    onReport: (report) => reports.push(report),
  });
  return {
    ...stack,
    reports,
    output: () => output,
    post: (task, payload, headers = {}, path = '/tasks') =>
      post(`${stack.url}${path}/${task}`, payload, headers),
    trace: ({ body }) =>
      stack.telemetry.waitFor(
        (telemetry) => {
          const spans = telemetry.trace(body.trace_id);
          return isWhole(spans) && spans;
        },
        { describe: `the whole trace ${body.trace_id}` },
      ),
    logLines: () => output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)),
    messageCount: (queueName = QUEUE) => countMessages(stack, queueName),
  };
}

/** Asks again and again, since SQS tells nobody that a queue is empty. */
export async function untilEmpty(stack: TestStack, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let count = await stack.messageCount(); count > 0; count = await stack.messageCount()) {
    if (performance.now() > deadline) throw new Error(`${count} messages after ${withinMs} ms`);
    await delay(20);
  }
}

function isWhole(spans: readonly ReceivedSpan[]): boolean {
  const kinds = new Set(spans.map(({ kind }) => kind));
  return kinds.has('SERVER') && kinds.has('PRODUCER') && kinds.has('CONSUMER');
}

async function post(
  url: string,
  payload: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const raw = typeof payload === 'string' || payload instanceof Uint8Array;
  const response = await fetch(url, {
    method: 'POST',
    headers,
    // As bytes, so that fetch adds no content type.
    body: Buffer.from(raw ? payload : JSON.stringify(payload)),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function countMessages({ sqs, sqsClient }: Stack, queueName: string): Promise<number> {
  const { Attributes = {} } = await sqsClient.send(
    new GetQueueAttributesCommand({
      QueueUrl: sqs.queueUrl(queueName),
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
