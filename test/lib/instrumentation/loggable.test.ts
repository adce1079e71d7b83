import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText, toLoggable } from '../../../lib/instrumentation/loggable.ts';
import { hostileValues } from './hostile-values.ts';

it.each(hostileValues())('makes JSON of %s', (_, value) => {
  for (const logged of [value, { deep: [value] }]) {
    const json = JSON.stringify({ value: toLoggable(logged) });
    expect(JSON.parse(json)).toHaveProperty('value');
    expect(json.length).toBeLessThan(70_000);
  }
});

it('makes JSON of random values and never throws', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
        withNullPrototype: true,
      }),
      (value) => {
        expect(typeof JSON.stringify(toLoggable(value))).toBe('string');
      },
    ),
  );
});

it('keeps plain JSON as it is, four levels of it', () => {
  const value = { a: 1, b: ['x', true, null], c: { d: { e: 'deep' } } };
  expect(toLoggable(value)).toEqual(value);
  expect(toLoggable({ a: { b: { c: { d: 1 }, list: [1] } } })).toEqual({
    a: { b: { c: { d: 1 }, list: [1] } },
  });
  expect(toLoggable({ a: { b: { c: { d: { e: 1 }, list: [1] } } } })).toEqual({
    a: { b: { c: { d: '[object]', list: '[array]' } } },
  });
});

it('copies a simple object as it would have converted it', () => {
  const text = fc.oneof(
    { weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
    fc.constantFrom('__proto__', 'toJSON', 'x-amz-security-token:SECRET'),
    fc.constantFrom('x'.repeat(512), 'x'.repeat(513), 'x'.repeat(9_000)),
  );
  const simple = fc.oneof(text, fc.integer(), fc.boolean(), fc.constantFrom(0.1, -0));
  const odd = fc.constantFrom(Number.NaN, -Infinity, null, undefined, 1n, [1], { a: 1 });
  const entry = fc.tuple(text, fc.oneof({ weight: 20, arbitrary: simple }, odd));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const value = Object.fromEntries(entries);
      // An object without prototype is never copied.
      const converted = toLoggable(Object.assign(Object.create(null), value));
      expect(JSON.stringify(toLoggable(value))).toBe(JSON.stringify(converted));
    }),
    { numRuns: 1_000 },
  );
});

it('shows what JSON has no form for', () => {
  const at = new Date('2026-03-01T12:00:00Z');
  expect(
    toLoggable({
      at,
      big: 10n,
      symbol: Symbol('s'),
      nan: Number.NaN,
      missing: undefined,
      bytes: new Uint8Array(3),
      map: new Map([['k', 1]]),
      set: new Set(['v']),
      run: function work() {},
      bad: new Date(Number.NaN),
    }),
  ).toEqual({
    at: '2026-03-01T12:00:00.000Z',
    big: '10',
    symbol: 'Symbol(s)',
    nan: 'NaN',
    missing: 'undefined',
    bytes: '[3 bytes]',
    map: { k: 1 },
    set: ['v'],
    run: '[function work]',
    bad: 'Invalid Date',
  });
});

it('shows an error with its stack and the causes of its causes', () => {
  const error = new TypeError('outer', { cause: new Error('middle', { cause: 'root' }) });
  expect(toLoggable(error)).toEqual({
    name: 'TypeError',
    message: 'outer',
    stack: error.stack,
    cause: expect.objectContaining({ name: 'Error', message: 'middle', cause: 'root' }),
  });
});

it('names a circle, and shows an object twice where it stands twice', () => {
  const shared = { n: 1 };
  const value: Record<string, unknown> = { first: shared, second: shared };
  value['self'] = value;
  expect(toLoggable(value)).toEqual({ first: shared, second: shared, self: '[circular]' });
});

it('keeps what can be read beside what cannot', () => {
  const value = {
    fine: 1,
    get broken(): never {
      throw new Error('no');
    },
  };
  expect(toLoggable(value)).toEqual({ fine: 1, broken: '[threw: no]' });
});

it('is bounded: 100 entries of each', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => index);
  expect(toLoggable(many)).toEqual(many.slice(0, 100));
  expect(toLoggable(new Set(many))).toHaveLength(100);
  const object = Object.fromEntries(many.map((index) => [`k${index}`, index]));
  expect(Object.keys(toLoggable(object) as object)).toHaveLength(100);
  expect(Object.keys(toLoggable(new Map(Object.entries(object))) as object)).toHaveLength(100);
});

it('cuts a text at 8,192 characters, never within one, and says how long it was', () => {
  expect(toLoggable('x'.repeat(8_192))).toHaveLength(8_192);
  expect(toLoggable({ text: 'x'.repeat(9_000) })).toEqual({
    text: `${'x'.repeat(8_192)}… (9000 characters)`,
  });
  const cut = cutText('😀'.repeat(5_000), 8_191);
  expect(cut.isWellFormed()).toBe(true);
  expect(cut).toMatch(/… \(10000 characters\)$/);
});

it('keeps 65,536 characters in all, however they are spread', () => {
  const leaf = Object.fromEntries(
    Array.from({ length: 100 }, (_, key) => [`key-${key}`, 'x'.repeat(1_000)]),
  );
  const wide = { a: leaf, b: [leaf, leaf], c: { d: leaf } };
  expect(JSON.stringify(toLoggable(wide)).length).toBeLessThan(80_000);
  const keys = Object.fromEntries(
    Array.from({ length: 100 }, (_, key) => [`${key}`.padEnd(9_000, 'k'), key]),
  );
  expect(JSON.stringify(toLoggable(keys)).length).toBeLessThan(80_000);
});

it('leaves out the session token that AWS quotes of a request with a wrong signature', () => {
  const message = [
    'The request signature we calculated does not match.',
    'host:sqs.eu-west-1.amazonaws.com',
    'x-amz-security-token:SECRET/token+123==',
    '',
    'host;x-amz-security-token',
  ].join('\n');
  const logged = JSON.stringify(toLoggable({ text: message, error: new Error(message) }));
  expect(logged).not.toContain('SECRET');
  expect(logged).toContain('x-amz-security-token:***');
  expect(cutText('{"x-amz-security-token": "SECRET"}')).not.toContain('SECRET');
});
