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
  /** AWS request ids of those two: whatever they had done, they may not have been able to say so. */
  cutShort: Set<string>;
  /** Deliveries that were put back, since the task was running elsewhere. */
  putBack: number;
  /** `request id, task id` of runs whose end task state did not take. */
  unwritten: Set<string>;
  /** Items that the functions say they gave up, by reason (`telemetry.dropped`). */
  dropped: Map<string, number>;
  onReport(report: InvocationReport): void;
  onArrival(arrival: Arrival): void;
  onOutput(line: string): void;
}

export function createTally(): Tally {
  const tally: Tally = {
    batches: 0,
    coldStarts: 0,
    timeouts: 0,
    exits: 0,
    cutShort: new Set(),
    putBack: 0,
    unwritten: new Set(),
    dropped: new Map(),
    onReport({ functionName, requestId, status, coldStart }) {
      if (functionName === 'soak-enqueue-task') return;
      tally.batches += 1;
      if (coldStart) tally.coldStarts += 1;
      if (status === 'timeout') tally.timeouts += 1;
      if (status === 'exit') tally.exits += 1;
      if (status === 'timeout' || status === 'exit') tally.cutShort.add(requestId);
    },
    onArrival(arrival) {
      if (arrival.signal !== 'points') return;
      for (const point of arrival.records) {
        if (point.metric !== 'telemetry.dropped') continue;
        const reason = String(point.attributes['reason']);
        tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + Number(point.value));
      }
    },
    onOutput(text) {
      const line = readLogLine(text);
      if (line?.message === 'task unfinished' && line.reason === 'the task runs elsewhere') {
        tally.putBack += 1;
      } else if (line?.message === 'task state could not be written') {
        tally.unwritten.add(`${line.requestId} ${line['task.id']}`);
      }
    },
  };
  return tally;
}

interface LogLine {
  message?: string;
  reason?: string;
  requestId?: string;
  'task.id'?: string;
}

/** A killed process leaves half a line, and Node writes lines of its own. */
function readLogLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
