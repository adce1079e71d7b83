import { expect, it } from 'vitest';
import { estimateLogBytes, estimateSpanBytes } from '../../../lib/telemetry/estimate-bytes.ts';

const span = { name: 'charge', attributes: { a: 'b' }, status: { code: 0 }, links: [], events: [] };
const record = { body: 'charged', attributes: { a: 'b' } };

function circular(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

it.each([
  ['without a name', { ...span, name: undefined }],
  ['whose name is a number', { ...span, name: 7 }],
  ['with an event without a name', { ...span, events: [{ attributes: {} }] }],
])('a span %s has a size, and ends without an error', (_, odd) => {
  expect(estimateSpanBytes(odd as never)).toBeGreaterThan(0);
});

it('a record that holds itself has a size', () => {
  expect(estimateLogBytes({ ...record, body: circular() } as never)).toBeGreaterThan(0);
});

it('a larger one is larger', () => {
  const large = 'x'.repeat(10_000);
  expect(estimateSpanBytes({ ...span, attributes: { a: large } } as never)).toBeGreaterThan(
    estimateSpanBytes(span as never) + 9_900,
  );
  expect(estimateLogBytes({ ...record, body: large } as never)).toBeGreaterThan(
    estimateLogBytes(record as never) + 9_900,
  );
});

const MEGABYTE = 1_000_000;

/** Each level refers to the next one twice: 2 to the power of levels in JSON. */
function doubled(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = { a: value, b: value };
  return value;
}

it.each([
  ['30 levels of two references each', doubled(30)],
  ['one deeper than protobuf’s readers go', Array.from({ length: 40 }).reduce((v) => [v], 1)],
  [
    'one that holds itself twice',
    (() => {
      const v: unknown[] = [];
      v.push(v, v);
      return v;
    })(),
  ],
])('%s: larger than all bounds, and not walked to its end', (_, body) => {
  const start = process.cpuUsage();
  expect(estimateLogBytes({ ...record, body } as never)).toBeGreaterThan(100 * MEGABYTE);
  expect(estimateLogBytes({ ...record, attributes: { body } } as never)).toBeGreaterThan(
    100 * MEGABYTE,
  );
  // Walked to its end, the first would take minutes.
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});

it('what follows one that is too large has its own size', () => {
  estimateLogBytes({ ...record, body: doubled(30) } as never);
  const body = Array.from({ length: 10_000 }, (_, index) => index);
  expect(estimateLogBytes({ ...record, body } as never)).toBeLessThan(MEGABYTE);
});
