import type { IncomingMessage } from 'node:http';

/** The body as text, or undefined when it is longer than `maximumBytes`. */
export async function readBody(
  request: IncomingMessage,
  maximumBytes = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read to the end even when too long: a client that is still writing would not see the answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maximumBytes) {
      chunks.push(chunk);
    }
  }
  return bytes <= maximumBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}
