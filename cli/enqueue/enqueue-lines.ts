import { InvalidPayload } from '../../lib/errors/invalid-payload.ts';
import { LeadlineError } from '../../lib/errors/leadline-error.ts';
import { MessageTooLarge } from '../../lib/errors/message-too-large.ts';
import type { Enqueued } from '../../lib/producer/enqueue-one.ts';
import type { EnqueueOptions } from '../../lib/producer/enqueue-options.ts';
import type { Producer } from '../../lib/producer.ts';
import type { Task } from '../../lib/task/define-task.ts';
import { validatePayload } from '../../lib/task/validate-payload.ts';
import { packLines } from './pack-lines.ts';
import { type Line, readLines } from './read-lines.ts';

export interface EnqueueLinesOptions {
  producer: Producer;
  task: Task;
  input: AsyncIterable<Uint8Array | string>;
  options: EnqueueOptions;
  /** Ends it after the batch that is under way. */
  signal: AbortSignal;
  onEnqueued: (enqueued: Enqueued & { line: number }) => void;
}

export interface EnqueuedLines {
  /** Messages that SQS has taken. */
  enqueued: number;
  problems: LineProblem[];
  /** Of nothing from here on is anything sent. @default all of it was read */
  stoppedAtLine?: number;
}

export interface LineProblem {
  line: number;
  message: string;
}

/**
 * Enqueues each line as a payload, batch by batch, with one batch in memory. A batch with a line that
 * is no payload of the task is not sent at all, and there it ends, as it does where SQS did not take
 * a message: what follows can be sent by itself.
 */
export async function enqueueLines(options: EnqueueLinesOptions): Promise<EnqueuedLines> {
  const { producer, task, input, signal, onEnqueued } = options;
  let enqueued = 0;
  for await (const batch of packLines(readLines(input))) {
    const first = batch[0]?.number ?? 1;
    if (signal.aborted) return { enqueued, problems: [], stoppedAtLine: first };
    const { payloads, problems } = await check(batch, task);
    if (problems.length > 0) return { enqueued, problems, stoppedAtLine: first };
    try {
      const results = await producer.enqueueMany(task, payloads, options.options);
      for (const [index, result] of results.entries()) {
        const line = batch[index]?.number ?? 0;
        const { id, task: name, queue, traceId } = result;
        if (result.status === 'failed') problems.push({ line, message: result.error.message });
        else {
          enqueued += 1;
          onEnqueued({ line, id, task: name, queue, ...(traceId !== undefined && { traceId }) });
        }
      }
    } catch (error) {
      return { enqueued, problems: explain(error, batch), stoppedAtLine: first };
    }
    if (problems.length > 0) {
      return { enqueued, problems, stoppedAtLine: (batch.at(-1)?.number ?? 0) + 1 };
    }
  }
  return { enqueued, problems: [] };
}

/** All of a batch, so that every line that has to be mended is named. */
async function check(
  batch: readonly Line[],
  task: Task,
): Promise<{ payloads: unknown[]; problems: LineProblem[] }> {
  const payloads: unknown[] = [];
  const problems: LineProblem[] = [];
  for (const { number: line, text } of batch) {
    let payload: unknown;
    try {
      payload = JSON.parse(text);
    } catch {
      // Without the parser's message, which quotes the payload.
      problems.push({ line, message: 'it is not JSON: give one JSON payload a line.' });
      continue;
    }
    try {
      await validatePayload(task, payload);
      payloads.push(payload);
    } catch (error) {
      if (!(error instanceof InvalidPayload)) throw error;
      problems.push({ line, message: error.message });
    }
  }
  return { payloads, problems };
}

/** What the producer refuses before it sends anything. */
function explain(error: unknown, batch: readonly Line[]): LineProblem[] {
  if (!(error instanceof LeadlineError)) throw error;
  // It does not say which: the longest is one that is too large.
  const longest = batch.toSorted((a, b) => b.text.length - a.text.length)[0];
  const line = error instanceof MessageTooLarge ? longest : batch[0];
  return [{ line: line?.number ?? 0, message: error.message }];
}
