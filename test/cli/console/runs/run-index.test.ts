import { expect, it } from 'vitest';
import { createRunIndex } from '../../../../cli/console/runs/run-index.ts';
import {
  at,
  logOf,
  logs,
  processSpan,
  sendSpan,
  span,
  spans,
} from '../../../support/run-telemetry.ts';

const run = { id: 'run-1', task: 'ship', queue: 'default' };
const first = {
  attempt: 1,
  outcome: 'retry',
  from: 100,
  to: 120,
  spanId: 'c1',
  waitMs: 88,
  error: 'Offline',
};
const second = { attempt: 2, outcome: 'completed', from: 4_120, to: 4_150, spanId: 'c2' };

function indexed(...arrivals: Parameters<ReturnType<typeof createRunIndex>['add']>[0][]) {
  const index = createRunIndex({ now: () => at(5_000) });
  for (const arrival of arrivals) index.add(arrival);
  return index;
}

it('tells a run from its first send to its last attempt', () => {
  const index = indexed(spans(sendSpan(run, 0, 10)));
  expect(index.detail('run-1')).toMatchObject({ state: 'queued', attempts: 0, enqueuedAt: at(0) });

  index.add(spans(processSpan(run, first)));
  expect(index.detail('run-1')).toMatchObject({ state: 'retrying', attempts: 1, waitMs: 88 });

  index.add(spans(processSpan(run, second)));
  expect(index.detail('run-1')).toMatchObject({
    state: 'completed',
    attempts: 2,
    startedAt: at(100),
    finishedAt: at(4_150),
    durationMs: 30,
    error: { type: 'Offline', message: 'Offline happened' },
    attemptList: [
      {
        attempt: 1,
        outcome: 'retry',
        delayBeforeMs: 90,
        error: { stack: expect.stringContaining('work.ts') },
      },
      { attempt: 2, outcome: 'completed', delayBeforeMs: 4_000 },
    ],
  });
});

it('comes to the same in whatever order, and however often, telemetry arrives', () => {
  const arrivals = [
    spans(sendSpan(run, 0, 10)),
    spans(processSpan(run, first)),
    logs(logOf(run, 'task starting', { time: 100, spanId: 'c1' })),
    logs(
      logOf(run, 'task retrying', { time: 120, spanId: 'c1', attributes: { delay_seconds: 4 } }),
    ),
    spans(processSpan(run, second)),
  ];
  const expected = indexed(...arrivals);
  const others = indexed(...arrivals.toReversed(), ...arrivals);
  const { logs: _, ...told } = others.detail('run-1') ?? {};
  expect(expected.detail('run-1')).toMatchObject(told);
  expect(others.tasks()).toEqual(expected.tasks());
  expect(expected.tasks()[0]).toMatchObject({ started: 2, completed: 1, failed: 1, retried: 1 });
  expect(expected.detail('run-1')?.attemptList[0]?.delaySeconds).toBe(4);
});

it('is not told that it was sent by the copy to the dead-letter queue, nor by a send that failed', () => {
  const copy = { ...sendSpan(run, 125, 130), name: 'send default-dlq' };
  const failed = { ...sendSpan({ ...run, id: 'run-2' }), status: { code: 'ERROR' as const } };
  const index = indexed(spans(sendSpan(run, 0, 10), copy, failed));
  expect(index.detail('run-1')?.enqueuedAt).toBe(at(0));
  expect(index.detail('run-2')).toBeUndefined();
  // Its producer is not sampled, or of another language.
  const unseen = indexed(spans(copy), spans(processSpan(run, { ...first, outcome: 'dead' })));
  expect(unseen.detail('run-1')).toMatchObject({ state: 'dead', enqueuedAt: at(12) });
});

it('goes on after a redrive, whose attempts count from 1 again', () => {
  const died = { ...first, outcome: 'dead' };
  const again = { ...second, attempt: 1, spanId: 'c3' };
  const index = indexed(spans(sendSpan(run), processSpan(run, died)));
  expect(index.detail('run-1')).toMatchObject({ state: 'dead', finishedAt: at(120) });
  index.add(spans(processSpan(run, again)));
  expect(index.detail('run-1')).toMatchObject({ state: 'completed', attempts: 2 });
  expect(index.detail('run-1')?.attemptList).toHaveLength(2);
  expect(index.detail('run-1')?.trace?.waits).toMatchObject([
    { kind: 'queue', attempt: 1 },
    { kind: 'redriven', startedAt: at(120), endedAt: at(4_120), attempt: 1, spanId: 'c3' },
  ]);
});

it('counts deliveries over a redrive, also those that never reached the task', () => {
  const numbers = [1, 2, 4, 1, 2];
  const deliveries = numbers.map((attempt, place) => ({
    attempt,
    outcome: attempt === 4 ? 'dead' : 'retry',
    from: place * 100,
    to: place * 100 + 10,
    spanId: `c${place}`,
  }));
  const index = indexed(spans(...deliveries.map((each) => processSpan(run, each))));
  // The third one ended its process, and 4 is the one that died.
  expect(index.detail('run-1')).toMatchObject({ state: 'retrying', attempts: 6 });
  const waits = index.detail('run-1')?.trace?.waits.map(({ kind, attempt }) => [kind, attempt]);
  expect(waits).toEqual([
    ['backoff', 2],
    ['backoff', 4],
    ['redriven', 1],
    ['backoff', 2],
    ['backoff', 3],
  ]);
});

it('does not let a duplicate delivery change what a run came to', () => {
  const duplicate = { ...second, outcome: 'duplicate', spanId: 'c3', from: 9_000, to: 9_001 };
  const index = indexed(spans(processSpan(run, second), processSpan(run, duplicate)));
  expect(index.detail('run-1')?.state).toBe('completed');
  expect(index.tasks()[0]).toMatchObject({ completed: 1, duplicates: 1 });
});

it('tells an attempt by its lines where the caller is not sampled', () => {
  const line = (body: string, time: number, attributes = {}) =>
    logOf(run, body, { time, flags: 0, spanId: 'c1', attributes });
  const index = indexed(logs(line('task starting', 100)));
  expect(index.detail('run-1')).toMatchObject({ state: 'running', startedAt: at(100) });
  index.add(
    logs(
      line('task failed', 119, {
        'error.type': 'Offline',
        'error.message': 'No line',
        duration_ms: 19,
      }),
      line('task dead', 120),
    ),
  );
  expect(index.detail('run-1')).toMatchObject({
    state: 'dead',
    durationMs: 19,
    error: { type: 'Offline', message: 'No line' },
  });
  expect(index.tasks()[0]).toMatchObject({ started: 1, failed: 1, dead: 1 });
});

it('counts an attempt once that is told of by its lines first', () => {
  const line = (body: string, time: number, attributes = {}) =>
    logOf(run, body, { time, spanId: 'c1', attributes });
  const starting = line('task starting', 100);
  const retrying = line('task retrying', 120, { delay_seconds: 4 });
  const { flags: _, ...early } = starting;
  const { flags: __, ...earlyEnd } = retrying;
  const index = indexed({ signal: 'lines', records: [early] });
  expect(index.detail('run-1')).toMatchObject({ state: 'running', startedAt: at(100), logs: [] });
  index.add({ signal: 'lines', records: [earlyEnd] });
  expect(index.detail('run-1')).toMatchObject({ state: 'retrying', attempts: 1 });

  index.add(logs(starting, retrying));
  index.add(spans(processSpan(run, first)));
  expect(index.detail('run-1')?.attemptList).toMatchObject([
    { attempt: 1, outcome: 'retry', durationMs: 20, delaySeconds: 4, error: { type: 'Offline' } },
  ]);
  expect(index.detail('run-1')?.logs).toHaveLength(2);
  expect(index.tasks()[0]).toMatchObject({ started: 1, failed: 1, retried: 1 });
});

it("does not take a sampled task's own line for the worker's", () => {
  const own = logOf(run, 'task dead', { time: 110, spanId: 'c2' });
  const index = indexed(logs(own), spans(processSpan(run, second)));
  expect(index.detail('run-1')?.state).toBe('completed');
  expect(index.detail('run-1')?.logs).toMatchObject([{ message: 'task dead', attempt: 1 }]);
});

it('shows where the time went: on the queue, between two attempts, and still', () => {
  const index = indexed(spans(sendSpan(run, 0, 10), processSpan(run, first)));
  expect(index.detail('run-1')?.trace?.waits).toEqual([
    expect.objectContaining({
      kind: 'queue',
      startedAt: at(10),
      endedAt: at(100),
      attempt: 1,
      spanId: 'c1',
    }),
    { kind: 'backoff', startedAt: at(120), attempt: 2, taskId: 'run-1', queue: 'default' },
  ]);
});

it('tells the legs of a trace apart, also below a task that sends another one', () => {
  const chained = { id: 'run-2', queue: 'high' };
  const index = indexed(
    spans(
      span({ name: 'POST /tasks/{task}', kind: 'SERVER', spanId: 'a1', from: 0, to: 20 }),
      { ...sendSpan(run, 5, 10), parentSpanId: 'a1' },
      processSpan(run, second),
      span({ name: 'pack', spanId: 'd1', parentSpanId: 'c2', from: 4_121 }),
      { ...sendSpan(chained, 4_122, 4_123), spanId: 'd2', parentSpanId: 'd1' },
      span({ name: 'HTTP', kind: 'CLIENT', spanId: 'd3', parentSpanId: 'd1', from: 4_124 }),
    ),
  );
  const legs = index
    .detail('run-1')
    ?.trace?.spans.map(({ name, leg, taskId }) => [name, leg, taskId]);
  expect(legs).toEqual([
    ['POST /tasks/{task}', 'http', undefined],
    ['send default', 'queue', undefined],
    ['process default', 'worker', 'run-1'],
    ['pack', 'worker', 'run-1'],
    ['send high', 'queue', 'run-1'],
    ['HTTP', 'worker', 'run-1'],
  ]);
});

it('shows attempts that have traces of their own, and nothing else of these', () => {
  const other = 'e'.repeat(32);
  const index = indexed(
    spans(
      sendSpan(run),
      processSpan(run, { ...second, traceId: other }),
      span({ name: 'inside', traceId: other, spanId: 'd1', parentSpanId: 'c2', from: 4_121 }),
      span({ name: 'another message', traceId: other, spanId: 'd2', from: 4_121 }),
    ),
  );
  const { trace } = index.detail('run-1') ?? {};
  expect(trace?.traceId).toBe('a'.repeat(32));
  expect(trace?.spans.map(({ name }) => name)).toEqual([
    'send default',
    'process default',
    'inside',
  ]);
});

it('ends where the spans of a sender are their own ancestors', () => {
  const index = indexed(
    spans(
      sendSpan(run),
      span({ spanId: 'd1', parentSpanId: 'd2' }),
      span({ spanId: 'd2', parentSpanId: 'd1' }),
      span({ spanId: 'd3', parentSpanId: 'd3' }),
    ),
  );
  expect(index.detail('run-1')?.trace?.spans).toHaveLength(4);
});

it('lists the newest first, page by page and by what is asked for', () => {
  const index = createRunIndex();
  for (let number = 0; number < 25; number += 1) {
    index.addQueued({ id: `r${number}`, task: number % 2 ? 'odd' : 'even', queue: 'default' });
  }
  const page = index.list({ limit: 10 });
  expect(page.runs.map(({ id }) => id)).toEqual([...Array(10).keys()].map((n) => `r${24 - n}`));
  const rest = index.list({ limit: 200, before: String(page.next) });
  expect(rest.runs).toHaveLength(15);
  expect(rest.next).toBeUndefined();
  expect(index.list({ task: 'odd' }).runs).toHaveLength(12);
  expect(index.list({ state: 'dead' }).runs).toEqual([]);
  expect(index.list({ queue: 'low' }).runs).toEqual([]);
});

it('tells each change once, and what is too much next time', () => {
  const index = createRunIndex();
  for (const id of ['a', 'b', 'c', 'a']) index.addQueued({ id, task: 'ship', queue: 'default' });
  expect(index.takeChangedRuns(2).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(index.takeChangedRuns(2).map(({ id }) => id)).toEqual(['c']);
  expect(index.takeChangedRuns(2)).toEqual([]);
});
