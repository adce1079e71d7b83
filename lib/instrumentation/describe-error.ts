import { ERROR_TYPE } from './attributes.ts';
import { errorType, toError } from './error-type.ts';

/**
 * An error as attributes of a log. Of its message the first line: what AWS says of a wrong signature
 * goes on with the request, session token included.
 */
export function describeError(error: unknown): Record<'error.type' | 'error.message', string> {
  return { [ERROR_TYPE]: errorType(error), 'error.message': firstLine(toError(error).message) };
}

const MAX_LENGTH = 500;

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').slice(0, MAX_LENGTH);
}
