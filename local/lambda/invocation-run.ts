import type { Invocation } from './invocation.ts';
import type { InvocationReport } from './invocation-report.ts';

/** An invocation in an instance: its clock, and what it measured. */
export interface InvocationRun {
  readonly invocation: Invocation;
  readonly delivered: boolean;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** The function's timeout begins to count. A second call changes nothing. */
  startClock(): void;
  markDelivered(): void;
  markAnswered(): void;
  end(status: 'answered' | 'timeout' | 'exit'): RunMeasures;
}

export type RunMeasures = Pick<
  InvocationReport,
  'requestId' | 'status' | 'startedAt' | 'responseMs' | 'billedMs'
>;

export function createInvocationRun(
  invocation: Invocation,
  timeoutMs: number,
  onDeadline: () => void,
): InvocationRun {
  let delivered = false;
  let clock: { startedAt: number; mark: number; timer: NodeJS.Timeout } | undefined;
  let responseMs: number | undefined;

  const elapsed = () => (clock === undefined ? 0 : performance.now() - clock.mark);

  return {
    invocation,
    get delivered() {
      return delivered;
    },
    get deadlineMs() {
      return (clock?.startedAt ?? Date.now()) + timeoutMs;
    },
    startClock() {
      clock ??= {
        startedAt: Date.now(),
        mark: performance.now(),
        timer: setTimeout(onDeadline, timeoutMs),
      };
    },
    markDelivered() {
      delivered = true;
    },
    markAnswered() {
      responseMs ??= elapsed();
    },
    end(how) {
      clearTimeout(clock?.timer);
      const billedMs = elapsed();
      const answered = invocation.answer?.functionError === undefined ? 'success' : 'error';
      return {
        requestId: invocation.requestId,
        status: how === 'answered' ? answered : how,
        startedAt: clock?.startedAt ?? Date.now(),
        responseMs: responseMs ?? billedMs,
        billedMs,
      };
    },
  };
}
