import { expect, it } from 'vitest';
import { bindLine, type Values } from '../../../lib/instrumentation/log-line.ts';

const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
const own = { requestId: 'o-1', trace_id: 'o-2', span_id: 'o-3' };
const renamed = {
  'attributes.requestId': 'o-1',
  'attributes.trace_id': 'o-2',
  'attributes.span_id': 'o-3',
};
const parts = { timeMs: 0, level: 'INFO', message: 'm', attributes: undefined };
const read = (line: string) => JSON.parse(line) as Record<string, unknown>;

it.each<[string, Values, { attributes: Values | undefined }]>([
  ['bound', own, { attributes: undefined }],
  ["a record's own", {}, { attributes: own }],
  ['own over bound', { requestId: 'b-1', trace_id: 'b-2', span_id: 'b-3' }, { attributes: own }],
])('attributes, %s, lose the names of the request and the trace only to them', (_, bound, more) => {
  const requested = bindLine('shop', 'r-1', bound);
  const line = bindLine('shop', undefined, bound);
  const ids = { trace_id: span.traceId, span_id: span.spanId };
  // In turns: what is bound is made into text once for each.
  for (let turn = 0; turn < 2; turn += 1) {
    expect(read(line({ ...parts, ...more, span: undefined }))).toMatchObject(own);
    expect(read(line({ ...parts, ...more, span }))).toMatchObject({
      'attributes.trace_id': 'o-2',
      'attributes.span_id': 'o-3',
      ...ids,
      requestId: 'o-1',
    });
    expect(read(requested({ ...parts, ...more, span }))).toMatchObject({
      ...renamed,
      ...ids,
      requestId: 'r-1',
    });
  }
});

it.each(Object.entries(own))('the name %s is taken where it is the only one', (name, value) => {
  const line = bindLine('shop', 'r-1', {});
  const written = read(line({ ...parts, span, attributes: { [name]: value } }));
  expect(written).toMatchObject({ [`attributes.${name}`]: value });
});
