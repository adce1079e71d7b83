import { beforeAll, describe, expect, it } from 'vitest';
import type { Attributes, ReceivedSpan } from '../../local/otlp/telemetry-record.ts';
import { DEPTH_FUNCTIONS, WITHOUT_ACCOUNT } from './contract-observers.ts';
import { type Emitted, PRODUCER, runScenarios } from './contract-scenarios.ts';
import { type ContractTables, readContractTables } from './contract-tables.ts';
import { useBundles } from './telemetry-service.ts';

const bundles = useBundles(
  'process-tasks',
  'enqueue-task',
  'enqueue-many',
  'enqueue-workflow',
  'sample-queue-depth',
  'health',
);
let emitted: Emitted;
let tables: ContractTables;

beforeAll(async () => {
  emitted = await runScenarios(bundles());
  tables = readContractTables({ worker: emitted.workerNames, depth: DEPTH_FUNCTIONS });
}, 120_000);

const own = <T extends { scope: { name: string } }>(records: T[]) =>
  records.filter(({ scope }) => scope.name === 'leadline');

/** What is wrong between rows and records, both ways, in words. */
function compare<Row extends { label: string; always: string[]; when: string[] }, Item>(
  rows: Row[],
  items: Item[],
  matches: (row: Row, item: Item) => boolean,
  read: (item: Item) => { label: string; attributes: Attributes },
): string[] {
  const problems = new Set<string>();
  const seen = new Map<Row, Set<string>>();
  for (const item of items) {
    const { label, attributes } = read(item);
    const row = rows.find((each) => matches(each, item));
    if (row === undefined) {
      problems.add(`${label} is not documented`);
      continue;
    }
    const keys = seen.get(row) ?? new Set();
    seen.set(row, keys);
    for (const key of Object.keys(attributes)) {
      keys.add(key);
      if (![...row.always, ...row.when].includes(key))
        problems.add(`${row.label}: ${key} is extra`);
    }
    for (const key of row.always) {
      if (!(key in attributes)) problems.add(`${row.label}: ${key} is missing in ${label}`);
    }
  }
  for (const row of rows) {
    const keys = seen.get(row);
    if (keys === undefined) problems.add(`${row.label} never came`);
    for (const key of row.when) {
      if (keys !== undefined && !keys.has(key)) problems.add(`${row.label}: ${key} never came`);
    }
  }
  return [...problems];
}

describe('what arrives is what docs/telemetry.md says, and the other way round:', () => {
  it('resource', () => {
    const { store } = emitted;
    const documented = tables.resource.map(({ label }) => label).sort();
    expect(documented.length).toBeGreaterThan(15);
    for (const { resource } of [...store.spans(), ...store.points(), ...store.logs()]) {
      const name = String(resource['faas.name']);
      const ofDepth = DEPTH_FUNCTIONS.includes(name);
      const expected = documented.filter(
        (key) =>
          !(ofDepth && key === 'faas.instance') &&
          !(WITHOUT_ACCOUNT.includes(name) && key === 'cloud.account.id'),
      );
      expect(Object.keys(resource).sort()).toEqual(expected);
      if (ofDepth) expect(resource['service.instance.id']).toBe(name);
    }
  });

  it('spans', () => {
    const matches = ({ name, kind }: (typeof tables.spans)[number], span: ReceivedSpan) =>
      name.test(span.name) && kind === span.kind;
    const read = (span: ReceivedSpan) => ({
      label: `${span.name} (${span.kind})`,
      attributes: span.attributes,
    });
    expect(compare(tables.spans, own(emitted.store.spans()), matches, read)).toEqual([]);
  });

  it('metrics', () => {
    const types: Record<string, string> = {
      sum: 'counter',
      exponentialHistogram: 'histogram',
      gauge: 'gauge',
    };
    const points = own(emitted.store.points());
    const problems = compare(
      tables.metrics,
      points,
      (row, { metric, type, unit }) =>
        row.label === metric && row.type === types[type] && row.unit === unit,
      ({ metric, type, unit, attributes }) => ({ label: `${metric} ${type} ${unit}`, attributes }),
    );
    expect(problems).toEqual([]);
    const temporalities = points
      .filter(({ type }) => type !== 'gauge')
      .map((point) => point.temporality);
    expect(new Set(temporalities)).toEqual(new Set(['DELTA']));
  });

  it('logs', () => {
    const records = own(emitted.store.logs()).filter(({ body }) => body !== 'own');
    const problems = compare(
      tables.logs,
      records,
      (row, { body, severityText }) => row.body.test(String(body)) && row.level === severityText,
      ({ body, severityText, attributes }) => ({ label: `${severityText} ${body}`, attributes }),
    );
    expect(problems).toEqual([]);
    const numbers = { INFO: 9, WARN: 13, ERROR: 17 };
    for (const { severityNumber, severityText } of records) {
      expect(severityNumber).toBe(numbers[severityText as keyof typeof numbers]);
    }
  });
});

describe('beyond the tables:', () => {
  const named = (id: string) =>
    own(emitted.store.spans()).find(
      ({ attributes, kind }) => attributes['task.id'] === id && kind === 'CONSUMER',
    );

  it('a failed span is an error with one exception event, and no other span is', () => {
    for (const span of own(emitted.store.spans())) {
      const { attributes, status, events } = span;
      expect(status.code, span.name).toBe('error.type' in attributes ? 'ERROR' : 'UNSET');
      const exceptions = events.filter(({ name }) => name === 'exception');
      const byStatus = /^5\d\d$/.test(String(attributes['error.type']));
      expect(exceptions, span.name).toHaveLength(status.code === 'ERROR' && !byStatus ? 1 : 0);
      for (const exception of exceptions) {
        expect(exception.attributes['exception.type']).toBe(attributes['error.type']);
      }
    }
  });

  it('error types are the names of the classes, in minified bundles too', () => {
    const types = own(emitted.store.spans()).map(({ attributes }) => attributes['error.type']);
    expect(types).toEqual(
      expect.arrayContaining([
        'CardDeclined',
        'NonRetryableError',
        'timeout',
        'InvalidMessage',
        'InvalidPayload',
        'UnknownTask',
        'TypeError',
        '503',
      ]),
    );
    const event = named('retried')?.events[0]?.attributes;
    // As in the sources: it stays the same when another file of the bundle changes.
    expect(String(event?.['exception.stacktrace'])).toMatch(
      /^Error: declined\n +at (\w+\.)?run \([^()]*functions\/tasks\/implementations\.ts:\d+:\d+\)\n/,
    );
  });

  it('parent mode: below the producer, with a link to the invocation; link mode: the reverse', () => {
    const traced = named('traced');
    const linked = named('linked');
    const invocations = own(emitted.store.spans()).filter(({ kind }) => kind === 'SERVER');
    expect(traced).toMatchObject({ traceId: PRODUCER.traceId, parentSpanId: PRODUCER.spanId });
    expect(invocations.map(({ spanId }) => spanId)).toContain(traced?.links[0]?.spanId);
    expect(invocations.map(({ spanId }) => spanId)).toContain(linked?.parentSpanId);
    expect(linked?.links).toMatchObject([PRODUCER]);
  });

  it('what the deadline cuts off, and what a failure holds back, is unfinished and no error', () => {
    for (const id of ['cut-off', 'handed-back']) {
      expect(named(id)).toMatchObject({
        attributes: { 'task.outcome': 'unfinished' },
        status: { code: 'UNSET' },
      });
    }
  });

  it('a duplicate and what is revoked have their outcome, and are no errors', () => {
    const outcomeOf = (id: string) =>
      own(emitted.store.spans())
        .filter(({ attributes, kind }) => attributes['task.id'] === id && kind === 'CONSUMER')
        .map(({ attributes, status }) => [attributes['task.outcome'], status.code]);
    expect(outcomeOf('duplicate')).toEqual([
      ['completed', 'UNSET'],
      ['duplicate', 'UNSET'],
    ]);
    expect(outcomeOf('revoked')).toEqual([['revoked', 'UNSET']]);
    const line = emitted.lines.find(({ message }) => message === 'task duplicate');
    expect(line?.['first_trace_id']).toBe('c'.repeat(32));
  });

  it('the depth function compresses, and the others do not unless told to', () => {
    expect(new Set(emitted.encodings)).toEqual(new Set(['gzip', undefined]));
  });

  it('a task that goes on after its end leaves nothing', () => {
    const { store, lines } = emitted;
    expect(store.spans().map(({ name }) => name)).not.toContain('after the end');
    expect(lines.map(({ message }) => message)).not.toContain('after the end');
  });

  it('every log record is a line on stdout too, with the same ids and attributes', () => {
    const key = (line: Record<string, unknown>) =>
      JSON.stringify([
        line['message'],
        line['level'],
        line['trace_id'],
        line['span_id'],
        line['task.id'],
      ]);
    const written = new Set(emitted.lines.map(key));
    const arrived = own(emitted.store.logs());
    expect(arrived.length).toBeGreaterThan(30);
    for (const { body, severityText, traceId, spanId, attributes } of arrived) {
      const line = {
        message: body,
        level: severityText,
        trace_id: traceId,
        span_id: spanId,
        'task.id': attributes['task.id'],
      };
      expect(written).toContain(key(line));
    }
  });

  it('counts agree: every attempt has one outcome, and a failed one is a retry or dead', () => {
    const sum = (metric: string) =>
      emitted.store
        .points()
        .filter((point) => point.metric === metric)
        .reduce((total, { value = 0 }) => total + value, 0);
    const outcomes = ['completed', 'failed', 'unfinished', 'duplicates', 'revoked'];
    const ofOutcomes = outcomes.map((outcome) => sum(`task.${outcome}`));
    expect(Math.min(...ofOutcomes)).toBeGreaterThan(0);
    expect(sum('task.attempts')).toBe(ofOutcomes.reduce((total, count) => total + count));
    expect(sum('task.failed')).toBe(sum('task.retries') + sum('task.dead'));
    expect(sum('task.attempts')).toBeGreaterThan(15);
  });
});
