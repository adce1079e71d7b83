import type { FeedArrival, FeedLog, FeedSpan } from '../../cli/console/telemetry-feed.ts';

const START = 1_800_000_000_000;

/** Telemetry of a run as its producer and its worker send it; times in ms from `START`. */
export interface RunTelemetry {
  id: string;
  task?: string;
  queue?: string;
  traceId?: string;
}

export interface AttemptTelemetry {
  attempt: number;
  outcome: string;
  from: number;
  to: number;
  spanId: string;
  waitMs?: number;
  error?: string;
  traceId?: string;
}

export const at = (ms: number) => START + ms;
const nano = (ms: number) => BigInt(Math.round((START + ms) * 1_000)) * 1_000n;

export function span(overrides: Partial<FeedSpan> & { from?: number; to?: number }): FeedSpan {
  const { from = 0, to = from + 1, ...own } = overrides;
  return {
    traceId: 'a'.repeat(32),
    spanId: '1'.repeat(16),
    name: 'a span',
    kind: 'INTERNAL',
    startTimeUnixNano: nano(from),
    endTimeUnixNano: nano(to),
    attributes: {},
    events: [],
    status: { code: 'UNSET' },
    resource: { 'service.name': 'shop', 'faas.name': 'process-default' },
    ...own,
  };
}

export function sendSpan(run: RunTelemetry, from = 0, to = from + 10): FeedSpan {
  const { id, task = 'ship', queue = 'default', traceId } = run;
  return span({
    name: `send ${queue}`,
    kind: 'PRODUCER',
    spanId: 'b'.repeat(16),
    from,
    to,
    attributes: { 'messaging.system': 'aws_sqs', 'task.id': id, 'task.name': task },
    ...(traceId !== undefined && { traceId }),
  });
}

export function processSpan(run: RunTelemetry, attempt: AttemptTelemetry): FeedSpan {
  const { id, task = 'ship', queue = 'default' } = run;
  const { outcome, from, to, spanId, waitMs, error } = attempt;
  const traceId = attempt.traceId ?? run.traceId;
  return span({
    name: `process ${queue}`,
    kind: 'CONSUMER',
    spanId,
    parentSpanId: 'b'.repeat(16),
    from,
    to,
    attributes: {
      'messaging.system': 'aws_sqs',
      'task.id': id,
      'task.name': task,
      'task.attempt': attempt.attempt,
      'task.outcome': outcome,
      ...(waitMs !== undefined && { 'task.wait_ms': waitMs }),
      ...(error !== undefined && { 'error.type': error }),
    },
    ...(error !== undefined && {
      status: { code: 'ERROR', message: `${error} happened` },
      events: [
        {
          name: 'exception',
          timeUnixNano: nano(to),
          attributes: {
            'exception.type': error,
            'exception.message': `${error} happened`,
            'exception.stacktrace': `${error}: it happened\n    at work.ts:1:1`,
          },
        },
      ],
    }),
    ...(traceId !== undefined && { traceId }),
  });
}

export function logOf(
  run: RunTelemetry,
  body: string,
  log: Partial<FeedLog> & { time?: number; attempt?: number } = {},
): FeedLog {
  const { time = 0, attempt = 1, attributes, ...own } = log;
  const { id, task = 'ship', queue = 'default' } = run;
  return {
    timeUnixNano: nano(time),
    severityNumber: 9,
    body,
    flags: 1,
    attributes: {
      'task.id': id,
      'task.name': task,
      'task.attempt': attempt,
      'queue.name': queue,
      ...attributes,
    },
    ...own,
  };
}

export const spans = (...records: FeedSpan[]): FeedArrival => ({ signal: 'spans', records });
export const logs = (...records: FeedLog[]): FeedArrival => ({ signal: 'logs', records });
