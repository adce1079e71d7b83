import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeOtlp, type OtlpEncoding, type OtlpSignal } from '../../../local/otlp/decode-otlp.ts';
import { InvalidOtlpError } from '../../../local/otlp/invalid-otlp-error.ts';
import { otlpSchema } from '../../../local/otlp/otlp-schema.ts';
import type { ExponentialBuckets, ReceivedLog } from '../../../local/otlp/telemetry-record.ts';
import { callerSpanId, callerTraceId, createSampleTelemetry } from './sample-telemetry.ts';

const sample = await createSampleTelemetry();
const bodies: Record<OtlpSignal, Record<OtlpEncoding, Uint8Array | undefined>> = {
  traces: {
    json: JsonTraceSerializer.serializeRequest(sample.spans),
    protobuf: ProtobufTraceSerializer.serializeRequest(sample.spans),
  },
  metrics: {
    json: JsonMetricsSerializer.serializeRequest(sample.metrics),
    protobuf: ProtobufMetricsSerializer.serializeRequest(sample.metrics),
  },
  logs: {
    json: JsonLogsSerializer.serializeRequest(sample.logs),
    protobuf: ProtobufLogsSerializer.serializeRequest(sample.logs),
  },
};

function decode(signal: OtlpSignal, encoding: OtlpEncoding): Record<string, unknown>[] {
  const body = bodies[signal][encoding];
  if (body === undefined) throw new Error('The SDK did not serialize');
  return decodeOtlp(signal, encoding, Buffer.from(body)).records as never[];
}

const decodeJson = (signal: OtlpSignal, value: unknown): Record<string, unknown>[] =>
  decodeOtlp(signal, 'json', Buffer.from(JSON.stringify(value))).records as never[];

const resource = { 'service.name': 'shop', 'cloud.ports': [1, 2] };

describe.each<OtlpEncoding>(['json', 'protobuf'])('what the SDK sends as %s', (encoding) => {
  test('spans', () => {
    const [child, parent] = decode('traces', encoding);
    expect(parent).toStrictEqual({
      traceId: callerTraceId,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId: callerSpanId,
      name: 'process default',
      kind: 'CONSUMER',
      startTimeUnixNano: 1_700_000_000_123_456_789n,
      endTimeUnixNano: 1_700_000_001_123_456_789n,
      durationMs: 1000,
      attributes: {
        text: 'größe',
        empty: '',
        yes: true,
        no: false,
        int: 42,
        zero: 0,
        negative: -7,
        beyond: '1152921504606846976',
        ratio: 0.5,
        list: ['a', 'b'],
        numbers: [1, 2.5],
        __proto__x: 'x',
      },
      events: [
        {
          name: 'exception',
          timeUnixNano: 1_700_000_000_200_000_000n,
          attributes: { 'exception.type': 'Error' },
        },
      ],
      links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: { why: 'batch' } }],
      status: { code: 'ERROR', message: 'declined' },
      traceState: 'vendor=x',
      flags: 0x301,
      resource,
      scope: { name: 'leadline', version: '1.2.3' },
    });
    expect(child).toMatchObject({
      name: 'charge_card',
      kind: 'INTERNAL',
      parentSpanId: parent?.['spanId'],
      durationMs: 1.5,
      status: { code: 'OK' },
      attributes: {},
    });
  });

  test('metrics', () => {
    const points = decode('metrics', encoding);
    const point = (metric: string) => points.find((candidate) => candidate['metric'] === metric);
    expect(point('task.completed')).toStrictEqual({
      metric: 'task.completed',
      unit: '{task}',
      description: 'done',
      type: 'sum',
      temporality: 'DELTA',
      monotonic: true,
      attributes: { 'task.name': 'process_order' },
      startTimeUnixNano: expect.any(BigInt),
      timeUnixNano: expect.any(BigInt),
      value: 3,
      resource,
      scope: { name: 'leadline' },
    });
    expect(point('task.balance')).toMatchObject({ type: 'sum', monotonic: false, value: -2.5 });
    expect(point('queue.depth')).toMatchObject({ type: 'gauge', value: 7, unit: '{message}' });
    expect(point('queue.depth')).not.toHaveProperty('temporality');
    expect(point('body.size')).toMatchObject({
      type: 'histogram',
      temporality: 'DELTA',
      count: 3,
      sum: 555,
      min: 5,
      max: 500,
      buckets: { boundaries: [10, 100], counts: [1, 1, 1] },
    });
    const duration = point('task.duration');
    expect(duration).toMatchObject({
      type: 'exponentialHistogram',
      temporality: 'DELTA',
      count: 5,
      sum: 1007.5,
      min: 0,
      max: 1000.5,
      exponentialBuckets: { scale: expect.any(Number), zeroCount: 1 },
    });
    const buckets = duration?.['exponentialBuckets'] as ExponentialBuckets | undefined;
    expect(buckets?.positive.counts.reduce((total, count) => total + count, 0)).toBe(4);
    expect(buckets?.negative.counts).toEqual([]);
  });

  test('logs', () => {
    const [info, failure] = decode('logs', encoding);
    expect(info).toStrictEqual({
      timeUnixNano: 1_700_000_000_000_000_001n,
      observedTimeUnixNano: 1_700_000_000_000_000_002n,
      severityNumber: 9,
      severityText: 'INFO',
      body: 'task completed',
      attributes: { 'task.id': 'id-1', nested: { list: [1, 'two', { three: [true] }] } },
      traceId: callerTraceId,
      spanId: callerSpanId,
      flags: 1,
      resource,
      scope: { name: 'leadline', version: '1.2.3' },
    });
    expect(failure).toMatchObject({
      severityNumber: 17,
      eventName: 'task.failed',
      body: { reason: 'declined', bytes: 'AP8=', none: null },
    });
    expect(failure).not.toHaveProperty('traceId');
  });
});

describe('the two encodings', () => {
  test.each<OtlpSignal>(['traces', 'metrics', 'logs'])('give the same %s', (signal) => {
    const records = decode(signal, 'json');
    expect(records.length).toBeGreaterThan(0);
    expect(decode(signal, 'protobuf')).toStrictEqual(records);
  });

  const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String);
  const anyValue = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }).map((stringValue) => ({ stringValue })),
      fc.boolean().map((boolValue) => ({ boolValue })),
      int64.map((intValue) => ({ intValue })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
      fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
      fc
        .array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 })
        .map((values) => ({ kvlistValue: { values } })),
      fc.constant({}),
    ),
  })).value;

  test('give the same records for whatever attributes, ids and times', () => {
    const keyValue = fc.record({
      key: fc.oneof(fc.string(), fc.constant('__proto__')),
      value: anyValue,
    });
    const span = fc.record({
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: fc.option(hex(16), { nil: undefined }),
      name: fc.string(),
      kind: fc.nat(9),
      startTimeUnixNano: fc.bigInt(0n, 2n ** 64n - 1n).map(String),
      endTimeUnixNano: fc.bigInt(0n, 2n ** 64n - 1n).map(String),
      attributes: fc.array(keyValue, { maxLength: 5 }),
      flags: fc.nat(),
    });
    const type = otlpSchema.lookupType('TracesRequest');
    fc.assert(
      fc.property(fc.array(span, { maxLength: 3 }), (spans) => {
        const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
        const withBytes = structuredClone(request) as never as typeof request;
        for (const one of withBytes.resourceSpans[0]?.scopeSpans[0]?.spans ?? []) {
          const ids = one as Record<string, unknown>;
          for (const id of ['traceId', 'spanId', 'parentSpanId'] as const) {
            if (one[id] !== undefined) ids[id] = Buffer.from(one[id], 'hex');
          }
        }
        const protobuf = Buffer.from(type.encode(type.fromObject(withBytes)).finish());
        expect(decodeOtlp('traces', 'protobuf', protobuf)).toStrictEqual(
          decodeOtlp('traces', 'json', Buffer.from(JSON.stringify(request))),
        );
      }),
    );
  });
});

function hex(length: number) {
  return fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => !/^0+$/.test(id));
}

describe('what other SDKs send', () => {
  test('an int64 is a string or a number, and exact beyond 2^53', () => {
    const value = (intValue: unknown) => {
      const attributes = [{ key: 'k', value: { intValue } }];
      const log = { attributes };
      const records = decodeJson('logs', {
        resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }],
      });
      const [record] = records as unknown as ReceivedLog[];
      return record?.attributes['k'];
    };
    expect(value('42')).toBe(42);
    expect(value(42)).toBe(42);
    expect(value('9007199254740991')).toBe(9007199254740991);
    expect(value('9007199254740993')).toBe('9007199254740993');
    expect(value('-9223372036854775808')).toBe('-9223372036854775808');
    expect(value(1e300)).toBe(1e300);
  });

  test('upper-case ids, zero parents, null fields and unknown fields', () => {
    const span = {
      traceId: callerTraceId.toUpperCase(),
      spanId: callerSpanId.toUpperCase(),
      parentSpanId: '0000000000000000',
      attributes: null,
      events: null,
      status: null,
      later: { field: 1 },
    };
    const [record] = decodeJson('traces', {
      resourceSpans: [{ resource: null, scopeSpans: [{ scope: null, spans: [span] }] }],
    });
    expect(record).toStrictEqual({
      traceId: callerTraceId,
      spanId: callerSpanId,
      name: '',
      kind: 'UNSPECIFIED',
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
  });

  test('summaries, integer points as strings and the special doubles', () => {
    const metrics = [
      {
        name: 'rpc',
        summary: {
          dataPoints: [
            { count: '2', sum: 3, quantileValues: [{ quantile: 0.5, value: 'Infinity' }] },
          ],
        },
      },
      { name: 'n', gauge: { dataPoints: [{ asInt: '-5' }, { asDouble: 'NaN' }, { flags: 1 }] } },
      { name: 'empty' },
    ];
    const points = decodeJson('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    expect(points).toMatchObject([
      { type: 'summary', count: 2, sum: 3, quantiles: [{ quantile: 0.5, value: Infinity }] },
      { type: 'gauge', value: -5 },
      { type: 'gauge', value: Number.NaN },
      { type: 'gauge' },
    ]);
    expect(points[3]).not.toHaveProperty('value');
  });
});

describe('what is not OTLP', () => {
  const inSpan = (span: unknown) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const at = 'resourceSpans[0].scopeSpans[0].spans[0]';
  const ids = { traceId: callerTraceId, spanId: callerSpanId };

  test.each<[unknown, string]>([
    [null, 'The body: an object is expected'],
    [[], 'The body: an object is expected'],
    [{ resourceSpans: {} }, 'resourceSpans: an array is expected'],
    [inSpan({}), `${at}.traceId: an id is required`],
    [inSpan({ traceId: 'CvdlGRbNQ92ESOshHIAxnA==' }), `${at}.traceId: 32 hexadecimal digits`],
    [inSpan({ ...ids, name: 5 }), `${at}.name: a string is expected`],
    [inSpan({ ...ids, startTimeUnixNano: 'soon' }), `${at}.startTimeUnixNano: a whole number`],
    [inSpan({ ...ids, startTimeUnixNano: '-1' }), `${at}.startTimeUnixNano: a time between`],
    [inSpan({ ...ids, kind: 'SPAN_KIND_SERVER' }), `${at}.kind: a whole number is expected`],
    [
      inSpan({ ...ids, attributes: [{ key: 'k', value: { doubleValue: 'x' } }] }),
      `${at}.attributes[0].doubleValue: a number is expected`,
    ],
  ])('%j', (value, message) => {
    expect(() => decodeJson('traces', value)).toThrow(InvalidOtlpError);
    expect(() => decodeJson('traces', value)).toThrow(message);
  });

  test('values nested without end are refused, not run into the stack', () => {
    const depth = 100_000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`;
    expect(() => decodeOtlp('logs', 'json', Buffer.from(body))).toThrow('24 levels deep');

    let nested = Buffer.alloc(0);
    const wrap = (tag: number) => {
      const length: number[] = [];
      for (let rest = nested.length; ; rest >>>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      nested = Buffer.concat([Buffer.from([tag, ...length]), nested]);
    };
    for (let level = 0; level < 2_000; level += 1) for (const tag of [0x0a, 0x2a]) wrap(tag);
    for (const tag of [0x2a, 0x12, 0x12, 0x0a]) wrap(tag);
    expect(() => decodeOtlp('logs', 'protobuf', nested)).toThrow(InvalidOtlpError);
  });

  test('any bytes give records or an InvalidOtlpError', () => {
    const signals = fc.constantFrom<OtlpSignal>('traces', 'metrics', 'logs');
    const encodings = fc.constantFrom<OtlpEncoding>('json', 'protobuf');
    const shaped = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 8 }, fc.jsonValue(), tie('object'), tie('list')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(fc.constantFrom(...fieldNames()), tie('value'), { maxKeys: 4 }),
    })).object;
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      shaped.map((value) => Buffer.from(JSON.stringify(value))),
      // One byte of an honest body changed.
      fc.tuple(signals, encodings, fc.nat(), fc.nat(255)).map(([signal, encoding, index, byte]) => {
        const body = Buffer.from(bodies[signal][encoding] ?? []);
        body[index % body.length] = byte;
        return body;
      }),
    );
    fc.assert(
      fc.property(signals, encodings, input, (signal, encoding, bytes) => {
        try {
          const { records } = decodeOtlp(signal, encoding, Buffer.from(bytes));
          expect(Array.isArray(records)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOtlpError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function fieldNames(): string[] {
  return otlpSchema.nestedArray.flatMap((type) =>
    Object.keys((type.toJSON() as { fields: object }).fields),
  );
}
