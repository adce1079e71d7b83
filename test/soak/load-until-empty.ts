import type { Stack } from '../../local/start-stack.ts';
import { startKilling } from './kill-workers.ts';
import { planMessages } from './plan-messages.ts';
import { createRandom } from './seeded-random.ts';
import { sendDuplicates } from './send-duplicates.ts';
import { type Load, sendLoad } from './send-load.ts';
import { waitUntilEmpty } from './wait-until-empty.ts';

export interface LoadOptions {
  messages: number;
  seed: number;
  /** How often a crashing message may end its process: each costs a visibility timeout. */
  crashes: number;
  /** Between two kills of a worker. */
  meanKillPauseMs: number;
  parallelRequests: number;
  /** What has to be empty at the end. */
  queueUrls: readonly string[];
  /** Ends it early. */
  signal: AbortSignal;
  /** Is told how it goes, every few seconds. */
  onProgress: (line: string) => void;
}

export interface LoadResult extends Pick<Load, 'accepted' | 'refused'> {
  /** Workers that were killed. */
  kills: number;
  /** Messages on the queues at the end: none, unless the signal fired. */
  left: number;
  sendMs: number;
  totalMs: number;
}

const PROGRESS_MS = 5_000;

/** Sends everything while workers are killed, then waits until every queue is empty. */
export async function loadUntilEmpty(
  { url, lambda, sqs, sqsClient }: Pick<Stack, 'url' | 'lambda' | 'sqs' | 'sqsClient'>,
  options: LoadOptions,
): Promise<LoadResult> {
  const { seed, signal, meanKillPauseMs } = options;
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  const planned = planMessages(options.messages, options.crashes, createRandom(seed));
  const load = sendLoad(url, planned, {
    parallel: options.parallelRequests,
    signal,
    onAccepted: (message) => sendDuplicates(sqsClient, sqs.queueUrl, message),
  });
  const killer = startKilling(lambda, {
    meanPauseMs: meanKillPauseMs,
    random: createRandom(~seed),
  });
  const progress = setInterval(() => {
    const seconds = String(Math.round(elapsed() / 1_000)).padStart(4);
    options.onProgress(`${seconds} s  ${load.accepted.length} accepted, ${killer.kills} kills`);
  }, PROGRESS_MS);
  try {
    // It ends early only by the signal, and then the accounts tell what is missing.
    await load.done.catch(() => {});
    const sendMs = elapsed();
    killer.stop();
    const left = await waitUntilEmpty(sqsClient, options.queueUrls, signal);
    const { accepted, refused } = load;
    return { accepted, refused, kills: killer.kills, left, sendMs, totalMs: elapsed() };
  } finally {
    killer.stop();
    clearInterval(progress);
  }
}
