import { toError } from '../instrumentation/error-type.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import { backoffSeconds, clampDelaySeconds, DEFAULT_RETRY } from '../task/retry-delay.ts';
import type { End } from './attempt-task.ts';
import { decideOutcome, type Failure } from './decide-outcome.ts';
import { isFifo, type MessageFacts } from './message-facts.ts';
import type { Conclusion } from './report-attempt.ts';
import { sendDeadLetter } from './send-dead-letter.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** Decides, and for a dead message sends its copy: one that SQS does not take is a retry. */
export async function conclude(
  facts: MessageFacts,
  end: End,
  log: BindableLog,
  environment: WorkerEnvironment,
): Promise<Conclusion> {
  switch (end.kind) {
    case 'completed':
    case 'revoked':
      return { outcome: end.kind };
    case 'duplicate':
      return { outcome: 'duplicate', first: end.first };
    case 'unfinished': {
      const { kind: outcome, ...reason } = end;
      return { outcome, ...reason };
    }
    case 'failed':
      // What was put back without a run has used up deliveries, and no attempts.
      return concludeFailure(
        { ...facts, attempt: end.runs ?? facts.attempt },
        end.failure,
        log,
        environment,
      );
  }
}

/** What becomes of a message whose attempt failed. */
export async function concludeFailure(
  facts: MessageFacts,
  failure: Failure,
  log: BindableLog,
  environment: WorkerEnvironment,
): Promise<Conclusion> {
  const decision = decide(facts, failure, log, environment);
  if (decision.outcome === 'retry') return { ...decision, failure };
  if (await sendDeadLetter(facts, failure, { ...environment, log })) {
    return { outcome: 'dead', failure };
  }
  return { outcome: 'retry', delaySeconds: afterFailedCopy(facts), failure };
}

function decide(
  { queue, attempt }: MessageFacts,
  failure: Failure,
  log: BindableLog,
  { batchLength, receivedAt }: WorkerEnvironment,
): ReturnType<typeof decideOutcome> {
  const countIsExact = !isFifo(queue) || (batchLength === 1 && (queue.batchSize ?? 1) === 1);
  const facts = { attempt, countIsExact };
  let decision: ReturnType<typeof decideOutcome>;
  try {
    decision = decideOutcome(failure, facts);
  } catch (thrown) {
    log.error('retry.when threw; the backoff applies', {
      'error.message': toError(thrown).message,
    });
    decision = decideOutcome(withoutWhen(failure), facts);
  }
  if (decision.outcome === 'dead') return decision;
  const secondsSinceReceive = (Date.now() - receivedAt) / 1000;
  const delaySeconds = clampDelaySeconds(decision.delaySeconds, secondsSinceReceive);
  return { outcome: 'retry', delaySeconds };
}

function withoutWhen(failure: Failure): Failure {
  if (!('retry' in failure)) return failure;
  const { maxAttempts, minDelaySeconds, maxDelaySeconds } = failure.retry;
  return { ...failure, retry: { maxAttempts, minDelaySeconds, maxDelaySeconds } };
}

/** The backoff that tasks have by default: the dead-letter queue is to be spared too. */
function afterFailedCopy({ attempt }: MessageFacts): number {
  return backoffSeconds(DEFAULT_RETRY, attempt);
}
