import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createRing } from '../../../local/otlp/ring.ts';
import type { Arrival, ReceivedLog, ReceivedSpan } from '../../../local/otlp/telemetry-record.ts';
import { createTelemetryStore } from '../../../local/otlp/telemetry-store.ts';

const span = (name: string, traceId = '1'.repeat(32)): ReceivedSpan => ({
  traceId,
  spanId: '2'.repeat(16),
  name,
  kind: 'INTERNAL',
  startTimeUnixNano: 0n,
  endTimeUnixNano: 0n,
  durationMs: 0,
  attributes: {},
  events: [],
  links: [],
  status: { code: 'UNSET' },
  resource: {},
  scope: { name: '' },
});

const log = (body: string): ReceivedLog => ({
  timeUnixNano: 0n,
  severityNumber: 9,
  body,
  attributes: {},
  resource: {},
  scope: { name: '' },
});

const spans = (...records: ReceivedSpan[]): Arrival => ({ signal: 'spans', records });

describe('createRing', () => {
  test('holds the newest items, oldest first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat()), (capacity, items) => {
        const ring = createRing<number>(capacity);
        for (const item of items) ring.push(item);
        expect(ring.toArray()).toEqual(items.slice(-capacity));
      }),
    );
  });

  test('refuses a capacity that holds nothing', () => {
    expect(() => createRing(0)).toThrow('positive whole number, not 0');
  });
});

describe('createTelemetryStore', () => {
  test('keeps the newest of each signal', () => {
    const store = createTelemetryStore({ maxSpans: 2, maxLogs: 1 });
    store.add(spans(span('a'), span('b'), span('c')));
    store.add({ signal: 'logs', records: [log('x'), log('y')] });
    expect(store.spans().map(({ name }) => name)).toEqual(['b', 'c']);
    expect(store.logs().map(({ body }) => body)).toEqual(['y']);
    store.clear();
    expect([store.spans(), store.points(), store.logs()]).toEqual([[], [], []]);
  });

  test('finds the spans of one trace', () => {
    const store = createTelemetryStore();
    const other = '9'.repeat(32);
    store.add(spans(span('a'), span('b', other), span('c')));
    expect(store.trace(other).map(({ name }) => name)).toEqual(['b']);
  });

  test('tells subscribers of every arrival until they leave', () => {
    const store = createTelemetryStore();
    const listener = vi.fn<(arrival: Arrival) => void>();
    const unsubscribe = store.subscribe(listener);
    store.add(spans(span('a')));
    unsubscribe();
    store.add(spans(span('b')));
    expect(listener).toHaveBeenCalledExactlyOnceWith(spans(span('a')));
  });
});

describe('waitFor', () => {
  const named = (name: string) => (store: { spans(): ReceivedSpan[] }) =>
    store.spans().find((candidate) => candidate.name === name);

  test('resolves at once with what is there, also with 0 and an empty string', async () => {
    const store = createTelemetryStore();
    store.add(spans(span('a')));
    expect(await store.waitFor(named('a'))).toMatchObject({ name: 'a' });
    expect(await store.waitFor(() => 0)).toBe(0);
    expect(await store.waitFor(() => '')).toBe('');
  });

  test('is asked again at every arrival', async () => {
    const store = createTelemetryStore();
    const found = store.waitFor(named('late'));
    store.add(spans(span('early')));
    store.add(spans(span('late')));
    expect(await found).toMatchObject({ name: 'late' });
  });

  test('says at the deadline what did arrive', async () => {
    const store = createTelemetryStore();
    store.add(spans(span('a'), span('a'), span('b')));
    store.add({ signal: 'logs', records: [log('task started')] });
    const waiting = store.waitFor(() => false, { timeoutMs: 10, describe: 'the span c' });
    await expect(waiting).rejects.toThrow(
      `Waited 10 ms for the span c. What did arrive: 3 spans (a of trace ${'1'.repeat(32)} ×2, ` +
        `b of trace ${'1'.repeat(32)}); 0 points; 1 logs ("task started")`,
    );
  });

  test('rejects with what the predicate throws', async () => {
    const store = createTelemetryStore();
    const waiting = store.waitFor(({ spans: all }) => {
      if (all().length > 0) throw new TypeError('a bug in the test');
      return undefined;
    });
    store.add(spans(span('a')));
    await expect(waiting).rejects.toThrow('a bug in the test');
  });
});
