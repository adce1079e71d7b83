import { createRunIndex, type RunIndex } from '../../cli/console/runs/run-index.ts';
import type { FeedArrival } from '../../cli/console/telemetry-feed.ts';
import {
  logOf,
  logs,
  processSpan,
  sendSpan,
  span,
  spans,
} from '../../test/support/run-telemetry.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const MAX_RUNS = 10_000;
/** Of a run, with its three log records. */
const SPANS_OF_RUN = 7;
const RUNS = 2_000;
const ROUNDS = 5;
const LARGE_TRACE = 1_000;

/** The console's index, full: what arrives, decoded already, and what a page asks for. */
export async function measureConsole(): Promise<Row[]> {
  const index = createRunIndex({ maxRuns: MAX_RUNS });
  let number = 0;
  const next = () => {
    number += 1;
    return arrivalsOf(number);
  };
  while (number < MAX_RUNS * 1.2) for (const arrival of next()) index.add(arrival);
  const rounds = Array.from({ length: ROUNDS }, () => measureRound(index, next));
  const percent = median(rounds) / 10;
  const details = measureDetail(index);
  return [
    {
      what: `console: 1,000 spans a second into an index of ${MAX_RUNS} runs`,
      cells: {},
      target: '5 % of one core or less',
      checks: [{ says: `${percent.toFixed(1)} %`, ok: percent <= 5 }],
    },
    {
      what: `console: runs/{id} with a trace of ${LARGE_TRACE} spans, as JSON`,
      cells: {},
      target: '50 ms or less',
      checks: [{ says: `${details.toFixed(1)} ms`, ok: details <= 50 }],
    },
  ];
}

/** CPU milliseconds that 1,000 spans take, with their share of log records and of changes to tell. */
function measureRound(index: RunIndex, next: () => FeedArrival[]): number {
  const arrivals = Array.from({ length: RUNS }, next);
  const before = process.cpuUsage();
  for (const [turn, each] of arrivals.entries()) {
    for (const arrival of each) index.add(arrival);
    // As often as it would be at that pace: every 250 ms.
    if (turn % Math.round(250 / SPANS_OF_RUN) === 0) JSON.stringify(index.takeChangedRuns(500));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ((RUNS * SPANS_OF_RUN) / 1_000);
}

function measureDetail(index: RunIndex): number {
  const run = { id: 'large', traceId: 'f'.repeat(32) };
  const own = Array.from({ length: LARGE_TRACE - 2 }, (_, number) =>
    span({
      traceId: run.traceId,
      spanId: `x${number}`,
      parentSpanId: number === 0 ? 'p1' : `x${Math.floor(number / 3)}`,
      // As many as there is room for, whatever they are.
      kind: 'SERVER',
      from: number,
    }),
  );
  const attempt = { attempt: 1, outcome: 'completed', from: 0, to: LARGE_TRACE, spanId: 'p1' };
  index.add(spans(...own, sendSpan(run), processSpan(run, attempt)));
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    JSON.stringify(index.detail(run.id));
    return performance.now() - start;
  });
  return median(times);
}

function arrivalsOf(number: number): FeedArrival[] {
  const run = { id: `run-${number}`, traceId: number.toString(16).padStart(32, '0') };
  const spanId = `p${number}`;
  const attempt = { attempt: 1, outcome: 'completed', from: number, to: number + 5, spanId };
  const steps = Array.from({ length: SPANS_OF_RUN - 2 }, (_, step) =>
    span({
      name: `step ${step}`,
      traceId: run.traceId,
      spanId: `s${number}-${step}`,
      parentSpanId: spanId,
      attributes: { 'order.id': run.id, 'order.items': step },
    }),
  );
  return [
    spans(...steps, sendSpan(run, number), processSpan(run, attempt)),
    logs(
      logOf(run, 'task starting', { spanId }),
      logOf(run, 'order processed', { spanId }),
      logOf(run, 'task completed', { spanId }),
    ),
  ];
}
