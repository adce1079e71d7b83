import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Enqueued } from './enqueue-one.ts';

export function jsonResponse(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** What `POST /tasks/{task}` answers: 202 for what was sent now, 200 for what was sent before. */
export function enqueuedResponse(
  statusCode: 200 | 202,
  { id, task, queue, traceId }: Enqueued,
): APIGatewayProxyStructuredResultV2 {
  return jsonResponse(statusCode, { id, task, queue, trace_id: traceId ?? null });
}
