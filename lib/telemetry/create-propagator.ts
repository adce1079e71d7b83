import type { TextMapPropagator } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';

const PROPAGATORS = new Map<string, () => TextMapPropagator>([
  ['tracecontext', () => new W3CTraceContextPropagator()],
  ['baggage', () => new W3CBaggagePropagator()],
]);

/** The propagators that OTEL_PROPAGATORS names; `none` is none of them. */
export function createPropagator(names: readonly string[], warnings: string[]): TextMapPropagator {
  const wanted = names.includes('none') ? [] : [...new Set(names)];
  const propagators = wanted.flatMap((name) => {
    const create = PROPAGATORS.get(name);
    if (create === undefined)
      warnings.push(`OTEL_PROPAGATORS: "${name}" is not known here and is left out.`);
    return create?.() ?? [];
  });
  return new CompositePropagator({ propagators });
}
