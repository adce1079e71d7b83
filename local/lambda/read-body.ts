import type { IncomingMessage } from 'node:http';

/** The body as text, or undefined when it is longer than `maximumBytes`. */
export async function readBody(
  request: IncomingMessage,
  maximumBytes = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  return (await readBytes(request, maximumBytes))?.toString('utf8');
}

/** The body, or undefined when it is longer than `maximumBytes`. */
export async function readBytes(
  request: IncomingMessage,
  maximumBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read to the end even when too long: a client that is still writing would not see the answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maximumBytes) {
      chunks.push(chunk);
    }
  }
  return bytes <= maximumBytes ? Buffer.concat(chunks) : undefined;
}
