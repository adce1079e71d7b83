import { ERROR_TYPE } from './attributes.ts';
import { errorType, toError } from './error-type.ts';

/** An error as attributes of a log. */
export function describeError(error: unknown): Record<'error.type' | 'error.message', string> {
  return { [ERROR_TYPE]: errorType(error), 'error.message': toError(error).message };
}
