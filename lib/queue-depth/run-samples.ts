import { setTimeout as delay } from 'node:timers/promises';
import type { FigurePlan } from '../queues/plan-figures.ts';
import { type Sample, type Sampling, sampleQueues } from './sample-queues.ts';

export interface SampleRun {
  sampling: Sampling;
  /** The scheduled time. */
  runAt: number;
  resolutionSeconds: number;
  plan: (atMs: number) => FigurePlan;
  /** Of the invocation. */
  remainingMs: () => number;
  /** Waited for before the next sample. */
  onSample: (sample: Sample, isLast: boolean) => Promise<void>;
}

/** How long a run is: the schedule's own rate. */
const RUN_SECONDS = 60;
/** A run that starts later may end after its successor has sent newer points. */
const LATE_MS = 45_000;
/** Of the invocation's time, what the flush (2.5 s), the heartbeat (3 s) and the end need. */
const RESERVE_MS = 6_000;
/** No use in a sample that has less time to read. */
const MIN_READ_MS = 1_000;

/** As many samples as the resolution asks for, and as the invocation has time for; at least one. */
export async function runSamples(run: SampleRun): Promise<void> {
  const { sampling, runAt, resolutionSeconds, remainingMs, onSample } = run;
  const startedAt = Date.now();
  const late = startedAt - runAt > LATE_MS;
  if (late) {
    sampling.log.warn('run is late: CloudWatch is not asked', { late_ms: startedAt - runAt });
  }
  const samples = Math.floor(RUN_SECONDS / resolutionSeconds);
  for (let index = 1; index <= samples; index += 1) {
    const asked = index === 1 && !late;
    const plan = asked ? run.plan(runAt) : undefined;
    const readMs = Math.max(MIN_READ_MS, remainingMs() - RESERVE_MS);
    const sample = await sampleQueues(sampling, plan, performance.now() + readMs);
    const nextInMs = () => Math.max(0, startedAt + index * resolutionSeconds * 1_000 - Date.now());
    const hasTime = remainingMs() - nextInMs() > 2 * RESERVE_MS + MIN_READ_MS;
    const isLast = index === samples || !hasTime;
    await onSample(sample, isLast);
    if (isLast) return;
    await delay(nextInMs());
  }
}
