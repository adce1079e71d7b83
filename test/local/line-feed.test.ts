import { expect, it } from 'vitest';
import type { FeedArrival, FeedLog } from '../../cli/console/telemetry-feed.ts';
import { createLineFeed } from '../../local/line-feed.ts';
import { createTelemetryStore } from '../../local/otlp/telemetry-store.ts';

const LINE = {
  timestamp: '2027-01-15T08:00:00.120Z',
  level: 'INFO',
  message: 'task starting',
  trace_id: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
  'task.id': 'run-1',
  'task.name': 'ship',
  'task.attempt': 2,
  'queue.name': 'default',
};

function told(...lines: (object | string)[]) {
  const feed = createLineFeed(createTelemetryStore());
  const arrivals: FeedArrival[] = [];
  const unsubscribe = feed.subscribe((arrival) => arrivals.push(arrival));
  for (const line of lines) feed.tell(typeof line === 'string' ? line : JSON.stringify(line));
  unsubscribe();
  feed.tell(JSON.stringify(LINE));
  return arrivals.flatMap(({ records }) => records as { body: string }[]);
}

it('tells of an attempt by its line, with its ids and its time', () => {
  expect(told(LINE)).toEqual([
    expect.objectContaining({
      body: 'task starting',
      timeUnixNano: BigInt(Date.parse(LINE.timestamp)) * 1_000_000n,
      traceId: LINE.trace_id,
      spanId: LINE.span_id,
      attributes: expect.objectContaining({ 'task.id': 'run-1', 'task.attempt': 2 }),
    }),
  ]);
});

it.each([
  ['task completed', { duration_ms: 5 }],
  ['task failed', { 'error.type': 'Offline' }],
  ['task retrying', { delay_seconds: 4 }],
  ['task dead', { 'error.type': 'Offline' }],
])("tells of %s by the worker's line, and not by a task's own", (message, own) => {
  expect(told({ ...LINE, message })).toEqual([]);
  expect(told({ ...LINE, message, ...own }).map(({ body }) => body)).toEqual([message]);
});

it('takes no notice of other output', () => {
  const { 'task.attempt': _, ...sent } = LINE;
  expect(
    told('task starting', '{"task.id"', 'null', '[]', sent, { ...LINE, message: 'x' }),
  ).toEqual([]);
});

it.each(['exit', 'timeout'] as const)(
  'tells that an attempt is unfinished whose process ended by %s, and of no other',
  (status) => {
    const feed = createLineFeed(createTelemetryStore());
    const news: unknown[] = [];
    feed.subscribe(({ records }) => {
      for (const { body, attributes } of records as FeedLog[]) {
        news.push([attributes['task.id'], body]);
      }
    });
    const tell = (id: string, requestId: string, own = {}) =>
      feed.tell(JSON.stringify({ ...LINE, 'task.id': id, requestId, ...own }));
    tell('died', 'r1');
    tell('ended', 'r1');
    tell('other', 'r2');
    tell('ended', 'r1', { message: 'task completed', duration_ms: 5 });
    news.length = 0;
    feed.tellEnd({ requestId: 'r1', status });
    feed.tellEnd({ requestId: 'r1', status });
    feed.tellEnd({ requestId: 'r2', status: 'success' });
    expect(news).toEqual([['died', 'task unfinished']]);
  },
);
