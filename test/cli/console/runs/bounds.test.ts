import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRunIndex, type RunIndex } from '../../../../cli/console/runs/run-index.ts';
import {
  at,
  logOf,
  logs,
  processSpan,
  sendSpan,
  span,
  spans,
} from '../../../support/run-telemetry.ts';

function addRun(index: RunIndex, number: number): void {
  const run = { id: `run-${number}`, traceId: number.toString(16).padStart(32, '0') };
  const attempt = {
    attempt: 1,
    outcome: 'completed',
    from: number,
    to: number + 5,
    spanId: `p${number}`,
  };
  const steps = Array.from({ length: 5 }, (_, step) =>
    span({
      name: `step ${step}`,
      spanId: `s${number}-${step}`,
      traceId: run.traceId,
      parentSpanId: `p${number}`,
    }),
  );
  index.add(spans(...steps, sendSpan(run, number), processSpan(run, attempt)));
  index.add(logs(logOf(run, 'task starting'), logOf(run, 'task completed')));
}

it('keeps 10,000 of 50,000 runs, the newest, and no more memory for it', () => {
  const index = createRunIndex({ now: () => at(60_000) });
  for (let number = 0; number < 25_000; number += 1) addRun(index, number);
  const full = index.size();
  for (let number = 25_000; number < 50_000; number += 1) addRun(index, number);

  expect(index.size().runs).toBe(10_000);
  expect(index.size().spans).toBeLessThanOrEqual(50_000);
  expect(index.size().logs).toBeLessThanOrEqual(50_000);
  expect(index.size().bytes).toBeLessThanOrEqual(full.bytes * 1.1);
  expect(index.detail('run-39999')).toBeUndefined();
  expect(index.detail('run-40000')).toMatchObject({ state: 'completed' });
  expect(index.detail('run-49999')?.trace?.spans).toHaveLength(7);
  // What was counted stays.
  expect(index.tasks()[0]?.completed).toBe(50_000);
});

const text = fc.string({ maxLength: 20 });
const anything = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text));
const anySpan = fc
  .record({
    name: fc.oneof(text, fc.constantFrom('send default', 'process default', 'create x')),
    kind: fc.constantFrom('INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER', 'UNSPECIFIED'),
    spanId: text,
    parentSpanId: text,
    traceId: fc.constantFrom('t1', 't2', 't3'),
    attributes: fc.dictionary(
      fc.constantFrom(
        'task.id',
        'task.name',
        'task.attempt',
        'task.outcome',
        'task.wait_ms',
        'error.type',
      ),
      fc.oneof(anything, fc.constantFrom('a', 'b', 'completed', 'dead', 'retry')),
    ),
  })
  .map((each) => span(each as never));

it('takes whatever a sender sends, and stays within its bounds', () => {
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 80 }), (records) => {
      const index = createRunIndex({ maxRuns: 3, maxSpans: 10, logs: { maxLogs: 5 } });
      for (const record of records) {
        index.add(spans(record));
        const { id, name } = { id: record.attributes['task.id'], name: record.name };
        index.add(logs(logOf({ id: id as string }, name)));
      }
      const size = index.size();
      expect(size.runs).toBeLessThanOrEqual(3);
      expect(size.logs).toBeLessThanOrEqual(5);
      // The trace that grows is not cut while it is the only one.
      expect(size.spans).toBeLessThanOrEqual(Math.max(10, records.length));
      for (const run of index.list({}).runs) JSON.stringify(index.detail(run.id));
      JSON.stringify([index.tasks(), index.rates(), index.takeChangedRuns(10)]);
    }),
  );
});

it('bounds one trace, and keeps room in it for what tells its legs apart', () => {
  const index = createRunIndex();
  const run = { id: 'run-1' };
  const many = Array.from({ length: 3_000 }, (_, number) =>
    span({ spanId: `s${number}`, parentSpanId: 'p1', from: number }),
  );
  const attempt = { attempt: 1, outcome: 'completed', from: 0, to: 9_000, spanId: 'p1' };
  index.add(spans(...many, sendSpan(run), processSpan(run, attempt)));
  const trace = index.detail('run-1')?.trace;
  expect(trace?.spans.length).toBeLessThanOrEqual(1_000);
  expect(trace?.spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['send default', 'process default']),
  );
  expect(trace?.truncated).toBe(3_002 - Number(trace?.spans.length));
});

it('bounds the lines of one run and says how many are gone', () => {
  const index = createRunIndex();
  const run = { id: 'run-1' };
  index.add(logs(...Array.from({ length: 350 }, (_, n) => logOf(run, `line ${n}`, { time: n }))));
  const detail = index.detail('run-1');
  expect(detail?.logs).toHaveLength(200);
  expect(detail?.logs.at(-1)?.message).toBe('line 349');
  expect(detail?.truncated).toEqual({ logs: 150 });
});

it('cuts what is too long, and drops old traces when bytes are used up', () => {
  const index = createRunIndex({ maxBytes: 100_000 });
  for (let number = 0; number < 200; number += 1) {
    const run = { id: `run-${number}`, traceId: `t${number}` };
    const huge = { ...sendSpan(run), events: [] };
    index.add(spans({ ...huge, attributes: { ...huge.attributes, huge: 'x'.repeat(1_000_000) } }));
  }
  expect(index.size().bytes).toBeLessThanOrEqual(100_000);
  expect(index.detail('run-0')?.trace).toBeUndefined();
  const kept = index.detail('run-199')?.trace?.spans[0]?.attributes['huge'];
  expect(String(kept).length).toBeLessThan(3_000);
});
