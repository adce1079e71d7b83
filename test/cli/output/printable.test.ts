import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeSeconds } from '../../../cli/output/describe-age.ts';
import { printable } from '../../../cli/output/printable.ts';

test('no text can move the cursor, colour the rest or begin a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
    }),
  );
  expect(printable('a\n\tb \u001b[31mred\u0007')).toBe('a b �[31mred�');
  expect(printable('Zahlung für 東京 🚢')).toBe('Zahlung für 東京 🚢');
});

test.each([
  [-5, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [7_199, '1 h'],
  [86_400 * 14, '14 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(describeSeconds(seconds)).toBe(text);
});
