import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapAfter(work: () => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = work();
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  // It has to be alive until here.
  expect(kept).toBeDefined();
  return grown / 1024 / 1024;
}

/** A new string each time, as a parser gives it. */
const megabyte = (start: string) => Buffer.alloc(1_000_000, start).toString();

it('keeps the beginning of a long text, and not the whole behind it', () => {
  const grown = heapAfter(() => {
    const index = createRunIndex();
    for (let number = 0; number < 60; number += 1) {
      const run = { id: `run-${number}`, traceId: `t${number}` };
      const attempt = { attempt: 1, outcome: 'dead', from: 0, to: 1, spanId: 'p1', error: 'Odd' };
      const own = processSpan(run, attempt);
      index.add(
        spans(
          {
            ...sendSpan({ ...run, task: megabyte('t'), queue: megabyte('q') }),
            attributes: {
              ...sendSpan(run).attributes,
              'task.name': megabyte('t'),
              own: megabyte('o'),
            },
          },
          {
            ...own,
            name: megabyte('n'),
            status: { code: 'ERROR', message: megabyte('s') },
            resource: { 'service.name': megabyte('r'), 'faas.name': megabyte('f') },
            attributes: { ...own.attributes, [megabyte('k')]: 1, list: [megabyte('l')] },
            events: [
              {
                name: 'exception',
                timeUnixNano: 1n,
                attributes: {
                  'exception.message': megabyte('m'),
                  'exception.stacktrace': megabyte('x'),
                },
              },
            ],
          },
        ),
      );
      index.add(logs(logOf(run, megabyte('b'), { attributes: { own: megabyte('a') } })));
    }
    return index;
  });
  expect(grown).toBeLessThan(20);
}, 60_000);

it('counts names, keys and messages of spans and log records', () => {
  const long = 'x'.repeat(200);
  const index = createRunIndex();
  const empty = () => index.size().bytes;
  const grownBy = (add: () => void) => {
    const before = empty();
    add();
    return empty() - before;
  };
  let number = 0;
  const bytesOf = (own: object) => {
    number += 1;
    return grownBy(() => index.add(spans(span({ spanId: `s${number}`, ...own }))));
  };
  const plain = bytesOf({ name: '', resource: { 'service.name': '' } });
  const base = { name: '', resource: { 'service.name': '' } };
  expect(bytesOf({ ...base, name: long }) - plain).toBe(200);
  expect(bytesOf({ ...base, resource: { 'service.name': long } }) - plain).toBe(200);
  expect(bytesOf({ ...base, status: { code: 'ERROR', message: long } }) - plain).toBe(200);
  expect(bytesOf({ ...base, attributes: { [long]: 1 } }) - plain).toBeGreaterThan(200);
  expect(bytesOf({ ...base, name: '€'.repeat(200) }) - plain).toBe(400);
});

it('keeps the stacks of the last three attempts of a run, and of all runs what the budget holds', () => {
  const stack = 'Odd: happened\n'.padEnd(6_000, ' at work.ts:1:1\n');
  const addDeath = (index: RunIndex, id: string, attempt: number) => {
    const times = { from: attempt * 10, to: attempt * 10 + 1, spanId: `${id}-${attempt}` };
    const own = processSpan(
      { id, traceId: id },
      { attempt, outcome: 'retry', error: 'Odd', ...times },
    );
    const [event] = own.events;
    const attributes = { ...event?.attributes, 'exception.stacktrace': stack };
    const events = [{ name: 'exception', timeUnixNano: 1n, attributes }];
    index.add(spans({ ...own, events }));
  };
  const stacksOf = (index: RunIndex, id: string) =>
    index.detail(id)?.attemptList.map(({ error }) => error?.stack !== undefined);

  const one = createRunIndex();
  for (let attempt = 1; attempt <= 5; attempt += 1) addDeath(one, 'run', attempt);
  expect(stacksOf(one, 'run')).toEqual([false, false, true, true, true]);
  expect(one.detail('run')?.attemptList[0]?.error).toEqual({
    type: 'Odd',
    message: 'Odd happened',
  });

  // Spans keep nothing here, so that the rest is what the attempts have.
  const index = createRunIndex({ maxBytes: 0, maxErrorBytes: 100_000, maxAttempts: 500 });
  for (let run = 0; run < 200; run += 1) {
    for (let attempt = 1; attempt <= 5; attempt += 1) addDeath(index, `run-${run}`, attempt);
  }
  expect(index.size().bytes).toBeLessThan(150_000);
  expect(stacksOf(index, 'run-199')).toEqual([false, false, true, true, true]);
  expect(stacksOf(index, 'run-150')).toEqual([false, false, false, false, false]);
  expect(index.detail('run-150')?.error).toEqual({ type: 'Odd', message: 'Odd happened' });
  // 500 attempts are 100 runs.
  expect(index.size().runs).toBe(100);
  expect(index.detail('run-99')).toBeUndefined();
});
