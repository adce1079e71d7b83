import type { IncomingMessage } from 'node:http';

export type RequestBody = { tooLarge: false; bytes: Buffer } | { tooLarge: true };

/**
 * Reads a whole request body of at most `maxBytes`; what is over the limit is not kept. Rejects
 * when the client goes away before the end.
 */
export function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const collect = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.removeListener('data', collect);
      resolve({ tooLarge: true });
    };

    // Stays on after the answer too: an 'error' without a listener would end the process.
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away before the end of the body')));
    if (Number(request.headers['content-length']) > maxBytes) {
      resolve({ tooLarge: true });
      return;
    }
    request.on('data', collect);
    request.on('end', () => resolve({ tooLarge: false, bytes: Buffer.concat(chunks, length) }));
  });
}

/**
 * Reads what is left of a request and forgets it; resolves at its end, when the client is gone or
 * after 5 s. To be awaited before an answer that did not need the body: closing a socket that has
 * unread bytes sends a reset, and a client that is still sending reports the reset instead of the
 * answer.
 */
export function discardRequestBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, maxDiscardMs);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    request.on('error', finish);
    request.on('close', finish);
    request.on('end', finish);
    request.resume();
  });
}

const maxDiscardMs = 5_000;
