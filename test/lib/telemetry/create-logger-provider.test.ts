import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLoggerProvider } from '../../../lib/telemetry/create-logger-provider.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop' });
const limits = { attributeCountLimit: 4, attributeValueLengthLimit: 8 };

function ours() {
  const records: ReadableLogRecord[] = [];
  const provider = createLoggerProvider({
    resource,
    limits,
    onEmit: (record) => void records.push(record),
  });
  return { provider, records };
}

/** The SDK's own, with the same limits. */
function official() {
  const records: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource,
    logRecordLimits: limits,
    processors: [
      {
        onEmit: (record) => void records.push(record),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  return { provider, records };
}

const FIELDS = [
  'hrTime',
  'hrTimeObserved',
  'spanContext',
  'severityText',
  'severityNumber',
  'body',
  'eventName',
  'attributes',
  'droppedAttributesCount',
  'resource',
] as const;
const readFields = (record: ReadableLogRecord | undefined) =>
  FIELDS.map((field) => [field, record?.[field]]);

class Money {
  cents = 1;
}
const circular: Record<string, unknown> = { name: 'c' };
circular['self'] = circular;
const shared = { n: 1 };

const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, Number.NaN, new Uint8Array([1, 2]), new Date(0), new Money()),
  fc.constantFrom(circular, [shared, shared], () => 1, Symbol('s'), 10n),
  fc.array(fc.oneof(fc.string({ maxLength: 20 }), fc.constant(new Money()), fc.constant(null))),
  fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.string({ maxLength: 20 }), fc.integer())),
  fc.constant({ deep: { deeper: [{ text: 'longer than the limit' }] } }),
);
const time = fc.constantFrom(1_772_366_400_123, new Date(1_772_366_400_123), [17, 5] as [
  number,
  number,
]);
const spanContexts = fc.constantFrom(
  { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
  { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 },
  { traceId: 'no', spanId: 'hex', traceFlags: 0 },
  undefined,
);
const records = fc.record(
  {
    timestamp: time,
    observedTimestamp: time,
    severityNumber: fc.constantFrom(5, 9, 17),
    severityText: fc.string(),
    body: fc.oneof(fc.string(), fc.constant({ any: 'thing' })),
    eventName: fc.string(),
    attributes: fc.dictionary(
      fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('', 'exception.type')),
      value,
      { maxKeys: 7 },
    ),
    exception: fc.constantFrom<unknown>('text', 7, new TypeError('no'), { code: 404 }, {}, null),
    span: spanContexts,
  },
  { requiredKeys: ['timestamp', 'observedTimestamp'] },
);

it('makes of any record what the SDK makes of it', () => {
  fc.assert(
    fc.property(records, ({ span, ...given }) => {
      const emitted = {
        ...given,
        context: span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span),
      } as LogRecord;
      const [own, sdk] = [ours(), official()];
      for (const { provider } of [own, sdk]) provider.getLogger('shop', '1').emit(emitted);
      expect(readFields(own.records[0])).toEqual(readFields(sdk.records[0]));
    }),
    { numRuns: 500 },
  );
});

it('leaves out a value that is nested deeper than a backend reads', () => {
  let deep: unknown = 'end';
  for (let level = 0; level < 200; level += 1) deep = [deep];
  const { provider, records: emitted } = ours();
  provider.getLogger('shop').emit({ attributes: { deep, fine: 1 } as never });
  expect(emitted[0]?.attributes).toEqual({ fine: 1 });
});

it('leaves out what an exception says that is no text', () => {
  const { provider, records: emitted } = ours();
  const exception = { name: Symbol('n'), message: 1n, stack: { at: 'x' } };
  for (const odd of [exception, Symbol('thrown'), () => {}]) {
    provider.getLogger('shop').emit({ exception: odd });
  }
  expect(emitted.map(({ attributes }) => attributes)).toEqual([{}, {}, {}]);
});

it('keeps what was emitted, whatever its caller does to it later', () => {
  const { provider, records: emitted } = ours();
  const bytes = Buffer.from([1]);
  const attributes = { order: 'o-1', list: ['a'], bytes, deep: { bytes } };
  provider.getLogger('shop').emit({ attributes });
  attributes.order = 'o-2';
  attributes.list.push('b');
  bytes[0] = 2;
  const first = new Uint8Array([1]);
  expect(emitted[0]?.attributes).toEqual({
    order: 'o-1',
    list: ['a'],
    bytes: first,
    deep: { bytes: first },
  });
});

it('has one scope for one name, version, schema and attributes, by which exporters group', () => {
  const { provider, records: emitted } = ours();
  const schemaUrl = 'https://example.com/1';
  for (const [version, options] of [
    ['1'],
    ['1'],
    ['2'],
    ['1', { schemaUrl, attributes: { of: 'a' } }],
  ] as const) {
    provider.getLogger('shop', version, options).emit({ body: 'x' });
  }
  const scopes = emitted.map(({ instrumentationScope }) => instrumentationScope);
  expect(scopes[1]).toBe(scopes[0]);
  expect(new Set(scopes).size).toBe(3);
  expect(scopes.at(-1)).toEqual({ name: 'shop', version: '1', schemaUrl, attributes: { of: 'a' } });
});

it('takes the time of the call and the active context where none is given', () => {
  const seen: unknown[] = [];
  const key = createContextKey('test');
  const provider = createLoggerProvider({
    resource,
    limits,
    onEmit: ({ hrTime: [seconds] }, { getValue }) => seen.push(seconds, getValue(key)),
  });
  const before = Math.floor(Date.now() / 1_000);
  provider.getLogger('shop').emit({ body: 'x', context: ROOT_CONTEXT.setValue(key, 'given') });
  provider.getLogger('shop').emit({ body: 'x' });
  expect(seen[0]).toBeGreaterThanOrEqual(before);
  expect(seen.slice(1)).toEqual(['given', expect.any(Number), context.active().getValue(key)]);
});
