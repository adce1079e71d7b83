import { randomBytes, randomUUID } from 'node:crypto';

/** An invocation's event, and the ids of the tasks in it. */
export interface BenchEvent {
  event: string;
  taskIds: string[];
}

/** A batch of process_order messages as SQS hands them to Lambda, each with its producer's trace. */
export function sqsBatch(size = 10): BenchEvent {
  const taskIds = Array.from({ length: size }, () => randomUUID());
  return { event: JSON.stringify({ Records: taskIds.map(toRecord) }), taskIds };
}

function toRecord(id: string): Record<string, unknown> {
  const now = Date.now();
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  return {
    messageId: randomUUID(),
    receiptHandle: randomBytes(48).toString('base64'),
    body: JSON.stringify({
      v: 1,
      id,
      task: 'process_order',
      payload: { order_id: `order-${id}` },
      enqueued_at: new Date(now).toISOString(),
    }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(now),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: String(now),
    },
    messageAttributes: {
      traceparent: {
        stringValue: traceparent,
        stringListValues: [],
        binaryListValues: [],
        dataType: 'String',
      },
    },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${QUEUE_NAME}`,
    awsRegion: 'us-east-1',
  };
}

/** The queue of all events; where something is sent to it, it is on the local SQS server. */
export const QUEUE_NAME = 'bench';

/** `POST /tasks/process_order`, payload format 2.0. */
export function httpRequest(): string {
  const path = '/tasks/process_order';
  return JSON.stringify({
    version: '2.0',
    routeKey: 'POST /tasks/{task}',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'localhost' },
    pathParameters: { task: 'process_order' },
    requestContext: { http: { method: 'POST', path, protocol: 'HTTP/1.1' }, stage: '$default' },
    body: JSON.stringify({ order_id: `order-${randomUUID()}` }),
    isBase64Encoded: false,
  });
}
