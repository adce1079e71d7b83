import type { ReceivedSpan } from '../../local/otlp/telemetry-record.ts';

/** Kind and name of each span, one a line, children below their parent in the order of their start. */
export function spanTree(spans: readonly ReceivedSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter((span) => (isIn(ids, span.parentSpanId) ? span.parentSpanId : undefined) === parent)
      .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
      .flatMap((span) => [
        `${indent}${span.kind} ${span.name}`,
        ...below(span.spanId, `${indent}  `),
      ]);
  return below(undefined, '');
}

/** The one span of that name. */
export function spanNamed(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [span, ...more] = spans.filter((each) => each.name === name);
  if (span !== undefined && more.length === 0) return span;
  const names = spans.map((each) => each.name).join(', ');
  throw new Error(`One span "${name}" was expected among: ${names}`);
}

function isIn(ids: ReadonlySet<string>, id: string | undefined): boolean {
  return id !== undefined && ids.has(id);
}
