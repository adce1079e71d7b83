import { type Context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../../lib/instrumentation/empty-context.ts';

const KEYS = ['a', 'b', 'c', 'd'].map((name) => createContextKey(name));

it('says what contexts of OpenTelemetry say after the same changes, and none is changed', () => {
  const change = fc.record({
    /** Which of the contexts so far is changed. */
    of: fc.nat(),
    key: fc.constantFrom(...KEYS),
    value: fc.option(fc.anything(), { nil: undefined }),
    deletes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const pairs: [Context, Context][] = [[EMPTY_CONTEXT, ROOT_CONTEXT]];
      for (const { of, key, value, deletes } of changes) {
        const [ours, theirs] = pairs[of % pairs.length] as [Context, Context];
        pairs.push(
          deletes
            ? [ours.deleteValue(key), theirs.deleteValue(key)]
            : [ours.setValue(key, value), theirs.setValue(key, value)],
        );
      }
      for (const [ours, theirs] of pairs) {
        for (const key of KEYS) expect(ours.getValue(key)).toBe(theirs.getValue(key));
      }
    }),
  );
});

it('carries a span through the API of OpenTelemetry', () => {
  const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const context = trace.setSpanContext(EMPTY_CONTEXT, spanContext);
  expect(trace.getSpanContext(context)).toEqual(spanContext);
  expect(trace.getSpan(trace.deleteSpan(context))).toBeUndefined();
  expect(trace.getSpan(EMPTY_CONTEXT)).toBeUndefined();
});
