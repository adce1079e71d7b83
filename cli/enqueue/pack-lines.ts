import type { Line } from './read-lines.ts';

/** Ten calls of SQS side by side. */
const BATCH_LINES = 100;
/** Of lines with large payloads there are fewer in a batch. */
const BATCH_LENGTH = 4 * 1_048_576;

/** Lines in batches that are sent, or not, as a whole. */
export async function* packLines(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let length = 0;
  for await (const line of lines) {
    if (
      batch.length === BATCH_LINES ||
      (batch.length > 0 && length + line.text.length > BATCH_LENGTH)
    ) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(line);
    length += line.text.length;
  }
  if (batch.length > 0) yield batch;
}
