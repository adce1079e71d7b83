import { expect, it } from 'vitest';
import { encodeResult, parseResult } from '../../../lib/state/result-json.ts';

const KEPT = 65_536;
/** A text that has so many bytes as JSON. */
const textOf = (bytes: number) => 'x'.repeat(bytes - 2);

it('keeps 64 KB exactly, and says what to do with a byte more', () => {
  expect(encodeResult(textOf(KEPT))).toEqual({ json: JSON.stringify(textOf(KEPT)) });
  expect(encodeResult(textOf(KEPT + 1))).toEqual({
    error: {
      type: 'ResultTooLarge',
      message:
        'The result has 65537 bytes as JSON, and 65536 are kept. Store it elsewhere and return its key.',
    },
  });
});

it('counts bytes, not characters', () => {
  expect(encodeResult('ü'.repeat((KEPT - 2) / 2))).toHaveProperty('json');
  expect(encodeResult('ü'.repeat((KEPT - 2) / 2 + 1))).toHaveProperty('error');
});

const circular: unknown[] = [];
circular.push(circular);
const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
const thrower = (thrown: unknown) => ({
  toJSON() {
    throw thrown;
  },
});

it.each([
  ['a circle', circular, 'circular'],
  ['a BigInt', { n: 1n }, 'BigInt'],
  ['what is nested too deeply', deep, 'call stack'],
  ['a toJSON that throws', thrower(new Error('not this')), 'not this'],
  ['a toJSON that throws a text', thrower('not that'), 'not that'],
  ['a toJSON that throws nothing', thrower(undefined), 'undefined'],
  ['a toJSON that throws what cannot be shown', thrower(Object.create(null)), 'not JSON'],
])('%s is a result that is not JSON', (_, value, message) => {
  const result = encodeResult(value);
  if (!('error' in result)) throw new Error('It was kept.');
  expect(result.error.type).toBe('ResultNotJson');
  expect(result.error.message).toMatch(/^The result is not JSON: /);
  expect(result.error.message).toContain(message);
});

it.each([[undefined], [() => 1], [Symbol('s')]])('%s is no result', (value) => {
  expect(encodeResult(value)).toEqual({});
});

it.each([[null], [false], [0], [''], [[]], [{}], ['\ud800'], [{ __proto__: null, a: [1, null] }]])(
  '%j comes back as it was',
  (value) => {
    const { json } = encodeResult(value) as { json: string };
    expect(parseResult(json)).toEqual(value);
  },
);

it('reads what somebody else wrote as nothing', () => {
  expect(parseResult('{')).toBeUndefined();
});
