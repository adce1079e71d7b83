import { runInNewContext } from 'node:vm';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NonRetryableError } from '../../../lib/index.ts';
import { errorType, toError } from '../../../lib/instrumentation/error-type.ts';
import { recordFailure } from '../../../lib/instrumentation/record-failure.ts';
import { hostileValues } from './hostile-values.ts';
import { startInMemoryTelemetry } from './in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
afterAll(() => telemetry.stop());

class CardDeclined extends Error {}
class Refused extends Error {
  override name = 'PaymentRefused';
}

describe('errorType', () => {
  it.each([
    [new Error('x'), 'Error'],
    [new TypeError('x'), 'TypeError'],
    [new CardDeclined('x'), 'CardDeclined'],
    [new Refused('x'), 'PaymentRefused'],
    [new NonRetryableError('x'), 'NonRetryableError'],
    [new DOMException('x', 'AbortError'), 'AbortError'],
    [Object.assign(new Error('x'), { name: '' }), 'Error'],
    [{ name: 'Thrown' }, 'Thrown'],
    [Object.create(null), 'Error'],
    ['text', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
    [5n, 'bigint'],
  ])('of %o is %s', (thrown, type) => {
    expect(errorType(thrown)).toBe(type);
  });

  it('is bounded in length', () => {
    expect(errorType(Object.assign(new Error('x'), { name: 'N'.repeat(10_000) }))).toHaveLength(80);
  });
});

describe('toError', () => {
  it('keeps an error as it is', () => {
    const error = new CardDeclined('no');
    expect(toError(error)).toBe(error);
  });

  it.each([
    ['text', 'text'],
    [{ reason: 'no' }, '{"reason":"no"}'],
    [404, '404'],
    [null, 'null'],
    [undefined, 'undefined'],
    [5n, '5'],
    [Symbol('s'), 'Symbol(s)'],
  ])('says what was thrown: %o', (thrown, message) => {
    expect(toError(thrown).message).toBe(message);
  });

  it('keeps the message of an error of another realm', () => {
    const foreign: unknown = runInNewContext('new TypeError("from elsewhere")');
    expect(toError(foreign).message).toContain('from elsewhere');
    expect(errorType(foreign)).toBe('TypeError');
  });
});

describe('anything that can be thrown', () => {
  it.each(hostileValues())(
    '%s has a type and is an error, and a span can record it',
    (_, thrown) => {
      expect(errorType(thrown)).toMatch(/^.{1,80}$/s);
      expect(toError(thrown)).toBeInstanceOf(Error);
      telemetry.clear();
      const span = trace.getTracer('test').startSpan('failing');
      recordFailure(span, thrown);
      span.end();
      expect(telemetry.spans()[0]?.status.code).toBe(SpanStatusCode.ERROR);
      expect(telemetry.spans()[0]?.events.map(({ name }) => name)).toEqual(['exception']);
    },
  );

  it('holds for random values', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withProxy: true } as never), (thrown) => {
        expect(typeof errorType(thrown)).toBe('string');
        expect(toError(thrown)).toBeInstanceOf(Error);
      }),
    );
  });
});

it('marks a failed span with status, error.type and one exception event', () => {
  telemetry.clear();
  const span = trace.getTracer('test').startSpan('failing');
  recordFailure(span, Object.assign(new CardDeclined('no funds'), { code: 'E_FUNDS' }));
  recordFailure(trace.getTracer('test').startSpan('never ended'), 'x', 'timeout');
  span.end();
  const [recorded] = telemetry.spans();
  expect(recorded?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no funds' });
  expect(recorded?.attributes).toEqual({ 'error.type': 'CardDeclined' });
  expect(recorded?.events).toHaveLength(1);
  expect(recorded?.events[0]?.attributes).toMatchObject({
    // What OneUptime groups by: the same as error.type, whatever `code` the error has.
    'exception.type': 'CardDeclined',
    'exception.message': 'no funds',
    'exception.stacktrace': expect.stringContaining('error-type.test.ts'),
  });
});
