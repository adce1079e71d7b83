import { expect, it } from 'vitest';
import { createWarningLimit } from '../../../local/event-source-mapping/warning-limit.ts';

it('passes on one warning a minute and counts the rest', () => {
  let now = 0;
  const warnings: string[] = [];
  const warn = createWarningLimit(
    (message) => warnings.push(message),
    () => now,
  );
  warn('first');
  now = 59_999;
  warn('second');
  warn('third');
  now = 60_000;
  warn('fourth');
  expect(warnings).toEqual(['first', 'fourth (and 2 more since the last warning)']);
});
