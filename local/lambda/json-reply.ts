import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export function replyJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function replyAccepted(response: ServerResponse): void {
  replyJson(response, 202, '{"status":"OK"}\n');
}

/** The error body of the Runtime and Extensions APIs. */
export function replyError(
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): void {
  replyJson(response, status, JSON.stringify({ errorMessage, errorType }));
}
