import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ERROR_TYPE } from './attributes.ts';
import { errorType, toError } from './error-type.ts';

/** Marks a span as failed: status, `error.type`, and one exception event. */
export function recordFailure(span: Span, thrown: unknown, type: string = errorType(thrown)): void {
  const error = toError(thrown);
  span.recordException(error);
  span.setAttribute(ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
