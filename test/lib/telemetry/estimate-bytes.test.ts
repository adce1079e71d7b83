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
