import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ERROR_TYPE } from './attributes.ts';
import { errorType, toError } from './error-type.ts';
import { cutText } from './loggable.ts';
import { originalStack } from './original-stack.ts';

/**
 * Marks a span as failed: status, `error.type`, and one exception event. Its `exception.type` is
 * the same `error.type`; left to itself the SDK prefers an error's `code`.
 */
export function recordFailure(span: Span, thrown: unknown, type: string = errorType(thrown)): void {
  const error = toError(thrown);
  const message = cutText(error.message);
  const { stack } = error;
  span.recordException({
    name: type,
    message,
    ...(stack !== undefined && { stack: cutText(originalStack(stack)) }),
  });
  span.setAttribute(ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
