import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decodeMessage, defineTask, LeadlineError } from '../../../lib/index.ts';
import { buildMessage } from '../../../lib/producer/build-message.ts';

const task = defineTask({ name: 'anything', payload: z.unknown() });
const queue = { name: 'default', url: 'http://q/default', sqsName: 'default', fifo: false };
const trace = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  baggage: 'tenant=7',
};

function build(attributes: Record<string, string>, traceFields: Record<string, string> = trace) {
  const message = { id: 'i', task, payload: null, queue, options: { attributes } };
  const { input, bytes } = buildMessage(message, traceFields);
  expect(bytes).toBeGreaterThan(0);
  const sent = Object.fromEntries(
    Object.entries(input.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue,
    ]),
  );
  return { sent, body: decodeMessage(input.MessageBody ?? '', 'f') };
}

it('always sends the user’s attributes and the whole trace, in at most 10 attributes', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 1, maxLength: 12 });
  const traces = fc.constantFrom({}, { traceparent: trace.traceparent }, trace);
  fc.assert(
    fc.property(fc.dictionary(name, name, { maxKeys: 10 }), traces, (attributes, traceFields) => {
      const { sent, body } = build(attributes, traceFields);
      expect(Object.keys(sent).length).toBeLessThanOrEqual(10);
      expect(sent).toMatchObject(attributes);
      expect({ ...sent, ...body.trace }).toMatchObject(traceFields);
      // All of it in one place: a trace is read from one source.
      const inAttributes = Object.keys(traceFields).filter((key) => Object.hasOwn(sent, key));
      expect([0, Object.keys(traceFields).length]).toContain(inAttributes.length);
      if (inAttributes.length > 0) expect(body.trace).toBeUndefined();
    }),
  );
});

it.each([
  [7, true],
  [8, false],
  [10, false],
])(
  'with %i attributes of the user’s the trace of three fields is in attributes: %s',
  (count, fits) => {
    const own = Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'v']));
    const { sent, body } = build(own);
    expect(sent).toEqual(fits ? { ...own, ...trace } : own);
    expect(body.trace).toEqual(fits ? undefined : trace);
  },
);

it.each(['traceparent', 'Traceparent', 'TRACEPARENT'])(
  'lets no attribute %s of the user’s stand in for the trace of the active span',
  (name) => {
    expect(build({ [name]: 'mine', tenant: '7' }).sent).toEqual({ tenant: '7', ...trace });
  },
);

it('passes a trace on that the user sets while no span is active', () => {
  expect(build({ traceparent: trace.traceparent }, {}).sent).toEqual({
    traceparent: trace.traceparent,
  });
});

it('sends what SQS would take or throws an error of its own, whatever the attributes', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 12 }),
      (attributes) => {
        try {
          for (const [name, value] of Object.entries(build(attributes, {}).sent)) {
            expect(name).toMatch(/^[A-Za-z0-9_.-]{1,256}$/);
            expect(value).not.toBe('');
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LeadlineError);
        }
      },
    ),
  );
});
