import { writeSync } from 'node:fs';

/** Milliseconds that a line waits for a reader of stdout that has stalled. */
const MAX_STALLS = 50;
const stall = new Int32Array(new SharedArrayBuffer(4));

/** A reader that kept one line waiting for so long keeps no other, until it reads again. */
let patience = MAX_STALLS;
/** Of a line that was given up half way: the next one begins on a line of its own. */
let torn = false;

/** One write a line, so that lines of records that run side by side never mix. */
export function writeStdout(line: string): void {
  const text = torn ? `\n${line}` : line;
  const length = Buffer.byteLength(text);
  let written = 0;
  let stalls = 0;
  while (written < length) {
    try {
      // Whole, as nearly every line leaves, it needs no buffer of its own.
      written += written === 0 ? writeSync(1, text) : writeSync(1, Buffer.from(text), written);
    } catch (error) {
      // A full pipe: the reader needs a moment, and gets some. Anything else: nobody listens.
      const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isFull || stalls >= patience) {
        if (isFull) patience = 0;
        if (written > 0) torn = true;
        return;
      }
      stalls += 1;
      Atomics.wait(stall, 0, 0, 1);
    }
  }
  patience = MAX_STALLS;
  torn = false;
}
