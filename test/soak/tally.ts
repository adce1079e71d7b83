import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import type { Arrival } from '../../local/otlp/telemetry-record.ts';

/** What is counted while it runs. */
export interface Tally {
  /** Invocations of the workers. */
  batches: number;
  coldStarts: number;
  /** Invocations that the function's timeout ended. */
  timeouts: number;
  /** Invocations whose process ended, by whoever's hand. */
  exits: number;
  /** Items that the functions say they gave up, by reason (`telemetry.dropped`). */
  dropped: Map<string, number>;
  onReport(report: InvocationReport): void;
  onArrival(arrival: Arrival): void;
}

export function createTally(): Tally {
  const tally: Tally = {
    batches: 0,
    coldStarts: 0,
    timeouts: 0,
    exits: 0,
    dropped: new Map(),
    onReport({ functionName, status, coldStart }) {
      if (functionName === 'soak-enqueue-task') return;
      tally.batches += 1;
      if (coldStart) tally.coldStarts += 1;
      if (status === 'timeout') tally.timeouts += 1;
      if (status === 'exit') tally.exits += 1;
    },
    onArrival(arrival) {
      if (arrival.signal !== 'points') return;
      for (const point of arrival.records) {
        if (point.metric !== 'telemetry.dropped') continue;
        const reason = String(point.attributes['reason']);
        tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + Number(point.value));
      }
    },
  };
  return tally;
}
