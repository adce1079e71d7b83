import type { LogAttributes } from '@opentelemetry/api-logs';

/** The `exception` of a log record as the attributes of the semantic conventions. */
export function describeException(exception: unknown): LogAttributes {
  if (typeof exception === 'string' || typeof exception === 'number') {
    return { 'exception.message': String(exception) };
  }
  if (typeof exception !== 'object' || exception === null) return {};
  const { code, name, message, stack } = exception as Record<string, unknown>;
  const type = text(code || name);
  return {
    ...(type && { 'exception.type': type }),
    ...(text(message) && { 'exception.message': text(message) }),
    ...(text(stack) && { 'exception.stacktrace': text(stack) }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
