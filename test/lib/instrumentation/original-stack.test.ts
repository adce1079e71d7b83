import { expect, it } from 'vitest';
import { originalStack } from '../../../lib/instrumentation/original-stack.ts';

it('is done at once with a message that looks like frames without end', () => {
  const hostile = [
    `Error: ${'\n at '}${'/'.repeat(500_000)}`,
    `Error:${'\n    at /tmp/x.mjs:1:1'.repeat(50_000)}`,
    `Error: ${'/a.mjs:1'.repeat(50_000)}`,
  ];
  const start = performance.now();
  for (const stack of hostile) expect(originalStack(stack)).toBe(stack);
  // Seconds, were it quadratic.
  expect(performance.now() - start).toBeLessThan(1_000);
});

it('leaves frames of other scripts as they are', () => {
  const stack = `Error: x\n    at run (${import.meta.url}:1:1)\n    at /etc/passwd.mjs:1:1`;
  expect(originalStack(stack)).toBe(stack);
});
