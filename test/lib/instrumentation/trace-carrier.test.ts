import { createTraceState, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { SQSMessageAttributes } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  extractTrace,
  injectTrace,
  isMessageText,
  traceFieldsOf,
} from '../../../lib/instrumentation/trace-carrier.ts';
import { startInMemoryTelemetry } from './in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
afterAll(() => telemetry.stop());

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;
const otherTraceId = '1'.repeat(32);
const otherTraceparent = `00-${otherTraceId}-${'2'.repeat(16)}-01`;

function record(messageAttributes: unknown, attributes: unknown = {}) {
  return { messageAttributes, attributes } as Parameters<typeof traceFieldsOf>[0];
}

function strings(values: Record<string, string>): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, stringValue]) => [
      name,
      { stringValue, dataType: 'String' },
    ]),
  );
}

function extractedTraceId(fields: readonly Record<string, string>[]): string | undefined {
  return trace.getSpanContext(extractTrace(fields))?.traceId;
}

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => !/^0+$/.test(id));
const token = fc.string({ unit: fc.constantFrom(...'abcxyz019_-'), minLength: 1, maxLength: 20 });
const baggageText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });

describe('what goes in comes out', () => {
  it('for any valid span context, trace state and baggage', () => {
    fc.assert(
      fc.property(
        hex(32),
        hex(16),
        fc.constantFrom(0, 1),
        fc.dictionary(
          token.map((key) => `k${key}`),
          token,
          { maxKeys: 5 },
        ),
        fc.dictionary(baggageText, baggageText, { maxKeys: 10, noNullPrototype: true }),
        (sentTraceId, sentSpanId, traceFlags, states, entries) => {
          const state = Object.entries(states).reduce(
            (all, [key, value]) => all.set(key, value),
            createTraceState(),
          );
          const baggage = propagation.createBaggage(
            Object.fromEntries(
              Object.entries(entries)
                .filter(([key]) => key !== '__proto__')
                .map(([key, value]) => [key, { value }]),
            ),
          );
          const context = propagation.setBaggage(
            trace.setSpanContext(ROOT_CONTEXT, {
              traceId: sentTraceId,
              spanId: sentSpanId,
              traceFlags,
              traceState: state,
            }),
            baggage,
          );
          const fields = injectTrace(context);
          expect(Object.values(fields).every((value) => value !== '' && isMessageText(value))).toBe(
            true,
          );
          const received = extractTrace([traceFieldsOf(record(strings(fields)))]);
          expect(trace.getSpanContext(received)).toMatchObject({
            traceId: sentTraceId,
            spanId: sentSpanId,
            traceFlags,
            isRemote: true,
          });
          expect(trace.getSpanContext(received)?.traceState?.serialize() ?? '').toBe(
            state.serialize(),
          );
          expect(propagation.getBaggage(received)?.getAllEntries() ?? []).toEqual(
            baggage.getAllEntries(),
          );
        },
      ),
    );
  });

  it('writes no field without a value, and none that SQS refuses', () => {
    const baggage = propagation.createBaggage({
      k: { value: 'v', metadata: { toString: () => 'bad\u0000' } as never },
    });
    const context = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });
    expect(injectTrace(ROOT_CONTEXT)).toEqual({});
    expect(injectTrace(propagation.setBaggage(context, baggage))).toEqual({ traceparent });
  });

  it('sends the trace without a baggage that cannot be encoded', () => {
    const baggage = propagation.createBaggage({ k: { value: '\ud800' } });
    const context = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });
    expect(injectTrace(propagation.setBaggage(context, baggage))).toEqual({ traceparent });
  });
});

describe('malformed context', () => {
  it.each([
    '',
    'garbage',
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `ff-${traceId}-${spanId}-01`,
    `${traceparent}-x`,
  ])('begins a new trace for traceparent "%s"', (bad) => {
    expect(
      extractedTraceId([traceFieldsOf(record(strings({ traceparent: bad })))]),
    ).toBeUndefined();
  });
});

describe('where the context stands', () => {
  it.each(['traceparent', 'Traceparent', 'TRACEPARENT', 'traceParent'])('finds %s', (key) => {
    expect(extractedTraceId([traceFieldsOf(record(strings({ [key]: traceparent })))])).toBe(
      traceId,
    );
    expect(extractedTraceId([{ [key]: traceparent }])).toBe(traceId);
  });

  it('names the fields in lower case, as the propagators write them', () => {
    const fields = traceFieldsOf(record(strings({ TraceParent: traceparent, BAGGAGE: 'a=b' })));
    expect(fields).toEqual({ traceparent, baggage: 'a=b' });
  });

  it('reads Binary attributes, which Lambda gives in base64', () => {
    const binaryValue = Buffer.from(traceparent).toString('base64');
    const attributes = { traceparent: { binaryValue, dataType: 'Binary' } };
    expect(extractedTraceId([traceFieldsOf(record(attributes))])).toBe(traceId);
  });

  it('prefers the attributes to the body and the body to the SNS envelope', () => {
    const attributes = { traceparent };
    const body = { traceparent: otherTraceparent };
    const envelope = { traceparent: `00-${'3'.repeat(32)}-${spanId}-01` };
    expect(extractedTraceId([attributes, body, envelope])).toBe(traceId);
    expect(extractedTraceId([{}, body, envelope])).toBe(otherTraceId);
    expect(extractedTraceId([{ traceparent: 'bad' }, {}, envelope])).toBe('3'.repeat(32));
    expect(extractedTraceId([])).toBeUndefined();
  });

  it('never puts a trace together from two sources', () => {
    const context = extractTrace([
      { baggage: 'from=attributes' },
      { traceparent, baggage: 'from=body' },
    ]);
    expect(trace.getSpanContext(context)?.traceId).toBe(traceId);
    expect(propagation.getBaggage(context)?.getEntry('from')?.value).toBe('body');
  });

  it('keeps a baggage that comes without a trace', () => {
    const context = extractTrace([{}, { baggage: 'tenant=7' }]);
    expect(trace.getSpanContext(context)).toBeUndefined();
    expect(propagation.getBaggage(context)?.getEntry('tenant')?.value).toBe('7');
  });

  it('ignores AWSTraceHeader: its Sampled=0 would drop the trace', () => {
    const xray = {
      AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
    };
    expect(extractedTraceId([traceFieldsOf(record({}, xray))])).toBeUndefined();
    expect(extractedTraceId([traceFieldsOf(record(strings({ traceparent }), xray))])).toBe(traceId);
  });
});
