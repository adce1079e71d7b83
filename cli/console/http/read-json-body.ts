import type { IncomingMessage } from 'node:http';
import { badRequest, ConsoleRefusal } from './console-refusal.ts';

/** A message of SQS holds 1 MiB; what the request has around its payload is little. */
const MAX_BYTES = 1024 * 1024 + 16 * 1024;
const BOUND_MS = 10_000;

/** @throws ConsoleRefusal for what is no JSON object, too long, or does not come within 10 s. */
export async function readJsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length']) > MAX_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => request.destroy(), BOUND_MS);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return parse(Buffer.concat(chunks).toString('utf8'));
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // It is said below.
  }
  throw badRequest('The body is no JSON object.');
}

function tooLarge(): ConsoleRefusal {
  return new ConsoleRefusal(413, 'too_large', `The body is over ${MAX_BYTES} bytes.`);
}
