import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { startStack } from '../../local/start-stack.ts';
import { BUNDLES, deadLetterQueueName, describeSoakStack, sqsName } from './describe-soak-stack.ts';
import { type FaultyOtlp, startFaultyOtlp } from './faulty-otlp.ts';
import { findBrokenPromises } from './find-broken-promises.ts';
import { QUEUES } from './functions/tasks/soak-task.ts';
import { type LoadOptions, type LoadResult, loadUntilEmpty } from './load-until-empty.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { readRuns } from './read-runs.ts';
import { type Account, settleAccounts } from './settle-accounts.ts';
import { createTally, type Tally } from './tally.ts';

export interface SoakOptions
  extends Pick<LoadOptions, 'messages' | 'seed' | 'crashes' | 'meanKillPauseMs' | 'onProgress'> {
  /** From the first request to the last empty queue. */
  boundMs: number;
  /** Stops everything. */
  signal?: AbortSignal;
}

export interface SoakResult {
  /** One an accepted message. */
  accounts: Account[];
  /** Messages that were handed to a worker, over all batches. */
  delivered: number;
  /** What does not hold, in words. */
  brokenPromises: string[];
  load: LoadResult;
  tally: Tally;
  otlp: FaultyOtlp['counts'];
}

/** Many more than the machine has cores: while the backend hangs, each waits for its flush. */
const PARALLEL_REQUESTS = 16;
/** Short, so that instances come and go. */
const IDLE_TIMEOUT_MS = 1_500;

/**
 * Loads the one-machine stack while workers are killed and the OTLP backend fails, and settles the
 * account of every message.
 *
 * @throws the reason of the signal when it fires.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-soak-'));
  const otlp = await startFaultyOtlp();
  try {
    return await soak(options, directory, otlp);
  } finally {
    await otlp.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function soak(
  options: SoakOptions,
  directory: string,
  otlp: FaultyOtlp,
): Promise<SoakResult> {
  const bundleDirectory = join(directory, 'functions');
  const runsDirectory = join(directory, 'runs');
  await mkdir(runsDirectory);
  await buildFunctions({
    projectDirectory: import.meta.dirname,
    outputDirectory: bundleDirectory,
    functions: BUNDLES,
  });
  const description = describeSoakStack({
    otlpEndpoint: otlp.endpoint,
    runsDirectory,
    parallelRequests: PARALLEL_REQUESTS,
  });
  const tally = createTally();
  const stack = await startStack(description, {
    bundleDirectory,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    onReport: tally.onReport,
    onOutput: tally.onOutput,
    onWarning: options.onProgress,
  });
  try {
    stack.telemetry.subscribe(tally.onArrival);
    otlp.forwardTo(stack.url);
    const bound = AbortSignal.timeout(options.boundMs);
    const load = await loadUntilEmpty(stack, {
      ...options,
      parallelRequests: PARALLEL_REQUESTS,
      queueUrls: QUEUES.map((queue) => stack.sqs.queueUrl(sqsName(queue))),
      signal: AbortSignal.any([bound, ...(options.signal ? [options.signal] : [])]),
    });
    options.signal?.throwIfAborted();
    const deadLetterQueues = QUEUES.map((queue) => stack.sqs.queueUrl(deadLetterQueueName(queue)));
    const deadLetters = await readDeadLetters(stack.sqsClient, deadLetterQueues);
    const { byId, delivered } = await readRuns(runsDirectory);
    const accounts = settleAccounts(load.accepted, byId, deadLetters, tally);
    const brokenPromises = findBrokenPromises({
      accounts,
      deadLetters,
      expected: options.messages,
      left: load.left,
      refusedRequests: load.refused.size,
    });
    return { accounts, delivered, brokenPromises, load, tally, otlp: otlp.counts };
  } finally {
    await stack.stop();
  }
}
