import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createPropagator } from '../../../lib/telemetry/create-propagator.ts';

it.each([
  [
    ['tracecontext', 'baggage'],
    ['traceparent', 'tracestate', 'baggage'],
  ],
  [['baggage', 'baggage'], ['baggage']],
  [['none'], []],
  [['none', 'tracecontext'], []],
  [[], []],
  [['b3'], ['b3']],
  [['b3multi'], ['x-b3-traceid', 'x-b3-spanid', 'x-b3-flags', 'x-b3-sampled', 'x-b3-parentspanid']],
  [
    ['xray', 'baggage'],
    ['x-amzn-trace-id', 'baggage'],
  ],
])('OTEL_PROPAGATORS=%j writes %j', async (names, fields) => {
  const warnings: string[] = [];
  expect((await createPropagator(names, warnings)).fields()).toEqual(fields);
  expect(warnings).toEqual([]);
});

const unknown = ['jaeger', 'constructor', '__proto__', 'toString'];
it.each(unknown)('leaves out %s with a warning', async (name) => {
  const warnings: string[] = [];
  expect((await createPropagator([name, 'baggage'], warnings)).fields()).toEqual(['baggage']);
  expect(warnings).toEqual([
    `OTEL_PROPAGATORS: "${name}" is not known or not installed, and is left out.`,
  ]);
});

describe('baggage is limited as W3C says', async () => {
  const propagator = await createPropagator(['baggage'], []);
  const bytes = (text: string) => Buffer.byteLength(text);

  /** What of these entries arrives on the other side, and the header between. */
  function carry(entries: Record<string, string>) {
    const baggage = propagation.createBaggage(
      Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { value }])),
    );
    const carrier: Record<string, string> = {};
    const context = propagation.setBaggage(ROOT_CONTEXT, baggage);
    propagator.inject(context, carrier, defaultTextMapSetter);
    return { header: carrier['baggage'] ?? '', received: receive(carrier['baggage'] ?? '') };
  }

  function receive(header: string): string[] {
    const extracted = propagator.extract(ROOT_CONTEXT, { baggage: header }, defaultTextMapGetter);
    return (propagation.getBaggage(extracted)?.getAllEntries() ?? []).map(([key]) => key);
  }

  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 'v']));
  const large = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`k${index}`, 'ü'.repeat(160)]),
  );

  it('at most 180 entries go out, and come in', () => {
    expect(carry(many).received).toHaveLength(180);
    const header = Object.entries(many).map(([key, value]) => `${key}=${value}`);
    expect(receive(header.join(','))).toHaveLength(180);
  });

  it('at most 8,192 bytes in all', () => {
    const { header, received } = carry(large);
    expect(bytes(header)).toBeLessThanOrEqual(8_192);
    expect(received.length).toBeGreaterThan(5);
    expect(received.length).toBeLessThan(20);
    const tooLong = Object.entries(large).map(([key, value]) => `${key}=${encodeURI(value)}`);
    expect(receive(tooLong.join(',')).length).toBeLessThan(20);
  });

  it('an entry over 4,096 bytes is left out, the others go', () => {
    expect(carry({ a: '1', huge: 'x'.repeat(4_100), b: '2' }).received).toEqual(['a', 'b']);
    expect(receive(`a=1,huge=${'x'.repeat(4_100)},b=2`)).toEqual(['a', 'b']);
  });
});
