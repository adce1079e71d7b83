import { expect, test } from 'vitest';
import { formatCount, formatShare } from '../../../cli/console/page/format/format-count.ts';
import { formatDuration } from '../../../cli/console/page/format/format-duration.ts';

test.each([
  [undefined, '–'],
  [0, '0 ms'],
  [0.85, '850 µs'],
  [0.9996, '1.0 ms'],
  [12.4, '12 ms'],
  [999.7, '1.00 s'],
  [1_420, '1.42 s'],
  [59_960, '1 min'],
  [185_000, '3 min 5 s'],
  [3_599_600, '1 h'],
  [7_800_000, '2 h 10 min'],
  [356_400_000, '4 d 3 h'],
  [-1_500, '−1.50 s'],
])('%s ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.0004, '< 0.1 %'],
  [0.031, '3.1 %'],
  [0.9996, '> 99.9 %'],
  [1, '100 %'],
])('a share of %s is %s', (share, text) => {
  expect(formatShare(share)).toBe(text);
});

test('a large count stays short', () => {
  expect([formatCount(2_340), formatCount(1_234_567)]).toEqual(['2,340', '1.2M']);
});
