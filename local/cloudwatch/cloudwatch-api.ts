import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { RequestListener } from '../front-server.ts';
import { readBytes } from '../lambda/read-body.ts';
import { CloudWatchRefusal } from './cloudwatch-refusal.ts';
import { getMetricData } from './get-metric-data.ts';
import type { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';

/** CloudWatch's bound of a PutMetricData request, which no GetMetricData comes near. */
const MAX_BODY_BYTES = 1_048_576;
/** And once unpacked. */
const MAX_UNPACKED_BYTES = 8 * MAX_BODY_BYTES;

export const CLOUDWATCH_TARGET = 'GraniteServiceVersion20100801.';

/** GetMetricData and PutMetricData in the AWS JSON 1.0 protocol, which the current SDK speaks. */
export function createCloudWatchApi(store: MetricStore): RequestListener {
  return (request, response) => void answer(request, response, store);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  store: MetricStore,
): Promise<void> {
  try {
    const input = await readInput(request);
    const operation = String(request.headers['x-amz-target']).slice(CLOUDWATCH_TARGET.length);
    send(response, 200, run(operation, input, store));
  } catch (error) {
    const known = error instanceof CloudWatchRefusal;
    const { message } = error as Error;
    response.setHeader(
      'x-amzn-query-error',
      known ? `${error.queryCode};Sender` : 'InternalFailure;Receiver',
    );
    const code = known ? error.code : 'InternalServiceFault';
    send(response, known ? 400 : 500, { __type: `com.amazonaws.cloudwatch#${code}`, message });
  }
}

function run(operation: string, input: object, store: MetricStore): object {
  switch (operation) {
    case 'GetMetricData':
      return getMetricData(input, store);
    case 'PutMetricData':
      putMetricData(input, store);
      return {};
    default:
      throw new CloudWatchRefusal(
        'UnknownOperationException',
        `${operation} is not served here: only GetMetricData and PutMetricData are.`,
      );
  }
}

/** The SDK packs a PutMetricData of 10 KB and more. */
async function readInput(request: IncomingMessage): Promise<object> {
  const body = await readBytes(request, MAX_BODY_BYTES);
  if (body === undefined) {
    throw new CloudWatchRefusal(
      'InvalidParameterValueException',
      `The request is over ${MAX_BODY_BYTES} bytes.`,
    );
  }
  try {
    const packed = request.headers['content-encoding'] === 'gzip';
    const text = packed ? gunzipSync(body, { maxOutputLength: MAX_UNPACKED_BYTES }) : body;
    const input: unknown = JSON.parse(text.toString('utf8'));
    if (typeof input === 'object' && input !== null) return input;
  } catch {}
  throw new CloudWatchRefusal('SerializationException', 'The request body is not a JSON object.');
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
