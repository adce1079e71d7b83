import { trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { extractTrace, traceFieldsOf } from '../../../lib/instrumentation/trace-carrier.ts';
import { startInMemoryTelemetry } from './in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
afterAll(() => telemetry.stop());

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function record(messageAttributes: unknown) {
  return { messageAttributes } as Parameters<typeof traceFieldsOf>[0];
}

describe('anything in', () => {
  const attribute = fc.oneof(
    fc.anything(),
    fc.record(
      {
        stringValue: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        binaryValue: fc.oneof(fc.base64String(), fc.anything()),
        dataType: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'traceparent',
      'tracestate',
      'baggage',
      'Traceparent',
      '__proto__',
      'constructor',
    ),
    fc.string({ unit: 'binary' }),
  );

  it('never throws, whatever the attributes hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(name, attribute), fc.constant(undefined)),
        (attributes) => {
          const context = extractTrace([traceFieldsOf(record(attributes))]);
          const found = trace.getSpanContext(context);
          expect(found === undefined || trace.isSpanContextValid(found)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws on nearly valid fields', () => {
    const nearly = fc
      .tuple(
        fc.constantFrom(traceparent, 'a=b,c=d;p=1', 'x=%E0%A4%A'),
        fc.nat(60),
        fc.string({ unit: 'binary' }),
      )
      .map(([text, at, noise]) => text.slice(0, at) + noise + text.slice(at + 1));
    fc.assert(
      fc.property(fc.dictionary(name, nearly), (fields) => {
        expect(extractTrace([fields])).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});
