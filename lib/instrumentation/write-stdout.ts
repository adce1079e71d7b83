import { writeSync } from 'node:fs';

/** Milliseconds that a line waits for a reader of stdout that has stalled. */
const MAX_STALLS = 50;
const stall = new Int32Array(new SharedArrayBuffer(4));

/** One write a line, so that lines of records that run side by side never mix. */
export function writeStdout(line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  let stalls = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      // A full pipe: the reader needs a moment, and gets some. Anything else: nobody listens.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || stalls === MAX_STALLS) return;
      stalls += 1;
      Atomics.wait(stall, 0, 0, 1);
    }
  }
}
