import type {
  DeadLetter,
  DepthPoint,
  Overview,
  QueueCard,
  RunDetail,
  RunState,
  RunSummary,
  TaskContract,
  TaskRow,
  Trace,
  TraceSpan,
} from '../../cli/console/console-api.ts';

/** States that a real stack takes long to get into, with the names of the one of npm start. All times are given, so that they are the same in each run. */

/** Up and down, and at `now` in the end. */
function history(at: number, now: number): DepthPoint[] {
  return Array.from({ length: 180 }, (_, index): DepthPoint => {
    const back = 179 - index;
    const wave = 1 + Math.sin(back / 21) * 0.7 + Math.sin(back / 5) * 0.12 - back / 240;
    const depth = Math.max(0, Math.round(now * wave));
    return [at - back * 5_000, depth, Math.min(depth, 4), 3];
  });
}

export function queueCard(name: string, at: number, change: Partial<QueueCard> = {}): QueueCard {
  return {
    name,
    sqsName: `local-${name}`,
    fifo: false,
    depth: 0,
    inFlight: 0,
    delayed: 0,
    dead: 0,
    dlq: `local-${name}-dlq`,
    workers: [{ functionName: `local-process-${name}`, active: 1, enabled: true }],
    readAt: at,
    history: history(at, 0),
    ...change,
  };
}

export function overview(at: number): Overview {
  const rates = { tasksPerSecond: 12.4, failureRate: 0.031, p50Ms: 38.2, p95Ms: 412 };
  return {
    at,
    rates,
    queues: [
      queueCard('high', at, { rates: { tasksPerSecond: 0, failureRate: 0 } }),
      queueCard('default', at, {
        depth: 128,
        inFlight: 4,
        delayed: 7,
        dead: 3,
        oldestAgeSeconds: 42,
        history: history(at, 128),
        workers: [{ functionName: 'local-process-default', active: 4, enabled: true }],
        rates,
      }),
      queueCard('low', at, {
        depth: 2_340,
        oldestAgeSeconds: 3_900,
        history: history(at, 2_340),
        workers: [{ functionName: 'local-process-low', active: 0, enabled: false }],
        rates: { tasksPerSecond: 0, failureRate: 0 },
      }),
    ],
  };
}

export function taskRow(task: string, change: Partial<TaskRow> = {}): TaskRow {
  const sparkline = Array.from({ length: 60 }, (_, index) =>
    Math.round(30 + 22 * Math.sin(index / 6) + ((index * 7) % 11)),
  );
  return {
    task,
    queue: 'default',
    started: 18_204,
    completed: 17_640,
    failed: 564,
    retried: 561,
    dead: 3,
    unfinished: 0,
    duration: { p50: 38.2, p95: 412, p99: 1_840 },
    wait: { p50: 12.4, p95: 890 },
    sparkline,
    failedSparkline: sparkline.map((count, index) => (index % 9 === 4 ? Math.round(count / 5) : 0)),
    ...change,
  };
}

const STATES: readonly RunState[] = ['completed', 'completed', 'completed', 'running', 'retrying'];

/** The newest first; `runs(2)` are the two newest of `runs(10_000)`. */
export function runs(count: number, at: number): RunSummary[] {
  return Array.from({ length: count }, (_, index) => run(index, at));
}

export function run(index: number, at: number, change: Partial<RunSummary> = {}): RunSummary {
  const enqueuedAt = at - 1_000 - index * 700;
  const isDead = index % 41 === 7;
  const state = isDead ? 'dead' : (STATES[index % STATES.length] ?? 'completed');
  return {
    id: runId(index),
    task: index % 3 === 0 ? 'process_payment' : 'process_order',
    queue: 'default',
    state: index > 12 && state !== 'dead' ? 'completed' : state,
    attempts: state === 'retrying' ? 2 : 1,
    enqueuedAt,
    startedAt: enqueuedAt + 12,
    waitMs: 12 + (index % 50),
    durationMs: 30 + ((index * 37) % 400),
    ...(isDead && {
      error: { type: 'NonRetryableError', message: 'The card of payment declined-1 was declined.' },
    }),
    updatedAt: enqueuedAt + 60,
    ...change,
  };
}

export function runId(index: number): string {
  return `01a203a7-0a8e-7573-8921-${index.toString(16).padStart(12, '0')}`;
}

export function span(spanId: string, change: Partial<TraceSpan> = {}): TraceSpan {
  return {
    spanId,
    name: 'charge_card',
    kind: 'internal',
    service: 'leadline',
    startedAt: 0,
    endedAt: 10,
    status: 'unset',
    attributes: {},
    events: [],
    leg: 'worker',
    ...change,
  };
}

/** As wide as it is deep. */
export function largeTrace(spans: number, at: number): Trace {
  return {
    traceId: '7bfdb34c3c1b00405bc0b838d8373f7f',
    waits: [],
    spans: Array.from({ length: spans }, (_, index) =>
      span(`span-${index}`, {
        ...(index > 0 && { parentSpanId: `span-${Math.floor((index - 1) / 3)}` }),
        name: `step ${index}`,
        startedAt: at + index,
        endedAt: at + index + 40,
        status: index % 97 === 5 ? 'error' : 'unset',
      }),
    ),
  };
}

/** Three attempts with a backoff of seconds between them. */
export function flakyTrace(at: number): Trace {
  const starts = [at + 40, at + 3_140, at + 9_900];
  const [first = at, second = at, third = at] = starts;
  const attempts = starts.flatMap((start, index) => {
    const failed = index < 2;
    const attempt = index + 1;
    const common = { attempt, taskId: runId(0), functionName: 'local-process-default' };
    return [
      span(`process-${attempt}`, {
        ...common,
        parentSpanId: 'send',
        name: 'process default',
        kind: 'consumer',
        startedAt: start,
        endedAt: start + 34,
        ...(failed && { status: 'error', statusMessage: gateway(attempt) }),
        attributes: {
          'task.name': 'process_payment',
          'task.attempt': attempt,
          'payment.id': 'flaky-1',
          'payment.amount': 10,
        },
        events: failed
          ? [
              {
                name: 'exception',
                time: start + 30,
                attributes: {
                  'exception.type': 'GatewayTimeout',
                  'exception.message': gateway(attempt),
                  'exception.stacktrace': stack(attempt),
                },
              },
            ]
          : [],
      }),
      span(`validate-${attempt}`, {
        ...common,
        parentSpanId: `process-${attempt}`,
        name: 'validate_payment',
        startedAt: start + 4,
        endedAt: start + 5.2,
      }),
      span(`charge-${attempt}`, {
        ...common,
        parentSpanId: `process-${attempt}`,
        startedAt: start + 6,
        endedAt: start + 18,
        ...(failed && { status: 'error', statusMessage: gateway(attempt) }),
      }),
      ...(failed
        ? []
        : [
            span('confirm', {
              ...common,
              parentSpanId: `process-${attempt}`,
              name: 'send_confirmation',
              startedAt: start + 19,
              endedAt: start + 26,
            }),
          ]),
    ];
  });
  const wait = (attempt: number, startedAt: number, endedAt: number) => ({
    kind: attempt === 1 ? ('queue' as const) : ('backoff' as const),
    startedAt,
    endedAt,
    attempt,
    taskId: runId(0),
    queue: 'default',
    spanId: `process-${attempt}`,
  });
  return {
    traceId: '7bfdb34c3c1b00405bc0b838d8373f7f',
    spans: [
      span('http', {
        name: 'POST /tasks/{task}',
        kind: 'server',
        leg: 'http',
        functionName: 'local-enqueue-task',
        startedAt: at,
        endedAt: at + 24,
        attributes: { 'http.request.method': 'POST', 'http.response.status_code': 202 },
      }),
      span('send', {
        parentSpanId: 'http',
        name: 'send default',
        kind: 'producer',
        leg: 'queue',
        functionName: 'local-enqueue-task',
        startedAt: at + 6,
        endedAt: at + 19,
      }),
      ...attempts,
    ],
    waits: [wait(1, at + 19, first), wait(2, first + 34, second), wait(3, second + 34, third)],
  };
}

function gateway(attempt: number): string {
  return `The gateway did not answer in attempt ${attempt}.`;
}

function stack(attempt: number): string {
  return `GatewayTimeout: ${gateway(attempt)}
    at chargeCard (file:///app/index.mjs:118:11)
    at async inSpan (file:///app/index.mjs:92:12)
    at async run (file:///app/index.mjs:140:27)`;
}

/** A payment that came through in its third attempt. */
export function flakyRun(at: number, change: Partial<RunDetail> = {}): RunDetail {
  const trace = flakyTrace(at);
  const starts = [at + 40, at + 3_140, at + 9_900];
  return {
    ...run(0, at),
    state: 'completed',
    attempts: 3,
    enqueuedAt: at + 19,
    waitMs: 21,
    durationMs: 34,
    traceId: trace.traceId,
    trace,
    attemptList: starts.map((startedAt, index) => ({
      attempt: index + 1,
      outcome: index < 2 ? ('retry' as const) : ('completed' as const),
      startedAt,
      endedAt: startedAt + 34,
      durationMs: 34,
      delayBeforeMs: [21, 3_066, 6_726][index] ?? 0,
      functionName: 'local-process-default',
      ...(index < 2 && {
        error: { type: 'GatewayTimeout', message: gateway(index + 1), stack: stack(index + 1) },
      }),
    })),
    logs: starts.flatMap((time, index) => [
      {
        time,
        level: 'info' as const,
        message: 'task starting',
        attributes: {},
        attempt: index + 1,
      },
      {
        time: time + 33,
        level: index < 2 ? ('warn' as const) : ('info' as const),
        message: index < 2 ? 'task retrying' : 'task completed',
        attributes:
          index < 2 ? { reason: gateway(index + 1), delay_seconds: 3 } : { duration_ms: 34 },
        attempt: index + 1,
      },
    ]),
    ...change,
  };
}

export function deadLetter(
  index: number,
  at: number,
  change: Partial<DeadLetter> = {},
): DeadLetter {
  return {
    messageId: `m-${index}`,
    id: runId(index),
    task: 'process_payment',
    reason: `NonRetryableError: The card of payment declined-${index} was declined.`,
    error: {
      type: 'NonRetryableError',
      message: `The card of payment declined-${index} was declined.`,
    },
    attempts: 1,
    enqueuedAt: at - 90_000,
    failedAt: at - 60_000 - index * 1_000,
    traceId: '7bfdb34c3c1b00405bc0b838d8373f7f',
    ...change,
  };
}

export const contracts: TaskContract[] = [
  {
    task: 'process_payment',
    queue: 'default',
    fifo: false,
    http: true,
    maxAttempts: 5,
    timeoutSeconds: 30,
    schema: {
      type: 'object',
      properties: {
        payment_id: { type: 'string', minLength: 1, description: 'flaky-1 fails twice' },
        amount: { type: 'number', exclusiveMinimum: 0 },
        method: { enum: ['card', 'transfer'] },
        express: { type: 'boolean' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: { type: 'string' }, count: { type: 'integer' } },
            required: ['name'],
          },
        },
        extra: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      },
      required: ['payment_id', 'amount'],
    },
    samples: [
      { name: 'flaky', payload: { payment_id: 'flaky-1', amount: 10 } },
      { name: 'declined', payload: { payment_id: 'declined-1', amount: 10 } },
    ],
  },
  {
    task: 'send_invoice',
    queue: 'orders.fifo',
    fifo: true,
    http: false,
    maxAttempts: 3,
    timeoutSeconds: 20,
    samples: [{ name: 'example', payload: { invoice_id: 'i-1' } }],
  },
];
