import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnswerAws, AwsRefusal, answerAws } from './answer-aws.ts';
import { type AskedMetric, type AwsWorld, createAwsWorld } from './aws-world.ts';
import { type AwsFault, createFaults } from './faults.ts';
import { type AwsCall, readAwsCall } from './read-aws-call.ts';

export interface AwsStandIn extends AwsWorld {
  /** For AWS_ENDPOINT_URL. */
  endpoint: string;
  queueUrl(name: string): string;
  /** Every call, in the order of arrival. */
  calls: AwsCall[];
  /** How many calls of that action, of that queue, function, mapping or parameter. */
  count(action: string, subject?: string): number;
  /** The most calls that were under way at a time. */
  busiest(): number;
  /** What GetMetricData was asked for, and what AWS would bill. */
  metricsAsked: AskedMetric[];
  /** From now on these calls fail; `times` of them, and then they are answered again. */
  fail(action: string, fault: AwsFault, which?: { of?: string; times?: number }): void;
  /** From now on calls of that action are answered. */
  mend(action: string): void;
  stop(): Promise<void>;
}

export interface AwsStandInOptions {
  /** Of each call, in milliseconds. @default 0 */
  latencyMs?: number;
}

/** The clock of the machine, also under a test's own. */
const after = setTimeout;

/**
 * What depth and health ask of SQS, CloudWatch, Lambda and SSM, over the protocols of the real SDK
 * clients, on 127.0.0.1. It keeps no messages: its counts are what they are set to.
 */
export async function startAwsStandIn({
  latencyMs = 0,
}: AwsStandInOptions = {}): Promise<AwsStandIn> {
  const world = createAwsWorld();
  const faults = createFaults();
  const calls: AwsCall[] = [];
  const metricsAsked: AskedMetric[] = [];
  let underWay = 0;
  let busiest = 0;
  let answer: AnswerAws;
  const server = createServer((request, response) => {
    underWay += 1;
    busiest = Math.max(busiest, underWay);
    response.once('close', () => {
      underWay -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const call = readAwsCall(request, Buffer.concat(chunks).toString());
      calls.push(call);
      const respond = () => handle(call, request, response);
      if (latencyMs === 0) respond();
      else after(respond, latencyMs);
    });
  });
  const handle = (call: AwsCall, request: IncomingMessage, response: ServerResponse) => {
    const fault = faults.of(call);
    if (fault === 'hang') return;
    if (fault === 'reset') request.socket.resetAndDestroy();
    else if (fault !== undefined) fault(call, response);
    else reply(response, () => answer(call));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queueUrl = (name: string) => `${endpoint}/123456789012/${name}`;
  answer = answerAws(world, {
    queueUrl,
    onMetrics: (metrics) => void metricsAsked.push(...metrics),
  });
  return {
    ...world,
    endpoint,
    queueUrl,
    calls,
    metricsAsked,
    count: (action, subject) =>
      calls.filter((call) => call.action === action && (subject ?? call.subject) === call.subject)
        .length,
    busiest: () => busiest,
    fail: faults.add,
    mend: faults.remove,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(response: ServerResponse, answer: () => unknown): void {
  try {
    send(response, 200, answer());
  } catch (error) {
    const { status, type, message } =
      error instanceof AwsRefusal ? error : new AwsRefusal(500, 'InternalFailure', String(error));
    send(response, status, { __type: type, message }, { 'x-amzn-errortype': type });
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
    .end(text);
}
