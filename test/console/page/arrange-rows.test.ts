import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrangeRows, type TraceRow } from '../../../cli/console/page/trace/arrange-rows.ts';
import { nameOf } from '../../../cli/console/page/trace/describe-row.ts';
import { flakyTrace, span } from '../fixtures.ts';

const NOW = 1_800_000_000_000;

test('a wait stands before the attempt that it was for', () => {
  expect(arrangeRows(flakyTrace(NOW), NOW).map(indented)).toEqual([
    'POST /tasks/{task}',
    '  send default',
    '    on default',
    '    process default',
    '      validate_payment',
    '      charge_card',
    '    backoff before attempt 2',
    '    process default',
    '      validate_payment',
    '      charge_card',
    '    backoff before attempt 3',
    '    process default',
    '      validate_payment',
    '      charge_card',
    '      send_confirmation',
  ]);
});

test('what still waits is last, and ends now', () => {
  const wait = { kind: 'queue' as const, startedAt: NOW, attempt: 1, taskId: 't', queue: 'low' };
  const rows = arrangeRows({ traceId: 'x', spans: [span('a')], waits: [wait] }, NOW + 500);
  expect(rows.at(-1)).toMatchObject({ kind: 'wait', endedAt: NOW + 500 });
});

test('every span is there once, whatever parents are named', () => {
  const id = fc.integer({ min: 0, max: 12 }).map(String);
  const parents = fc.array(fc.record({ id, parent: fc.option(id) }), { maxLength: 30 });
  void fc.assert(
    fc.property(parents, (given) => {
      const unique = new Map(given.map((each) => [each.id, each]));
      const spans = [...unique.values()].map(({ id: spanId, parent }) =>
        span(spanId, parent === null ? {} : { parentSpanId: parent }),
      );
      const rows = arrangeRows({ traceId: 'x', spans, waits: [] }, NOW);
      const drawn = rows.map((row) => (row.kind === 'span' ? row.span.spanId : ''));
      expect(drawn.toSorted()).toEqual([...unique.keys()].sort());
    }),
  );
});

function indented(row: TraceRow): string {
  return ' '.repeat(row.depth * 2) + nameOf(row);
}
