import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { StateUnavailable } from '../errors/state-unavailable.ts';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { Log } from '../task/task-context.ts';
import { problemResponse } from './problem.ts';

/** Names no table: that is for the log. */
export function stateUnavailable(
  error: StateUnavailable,
  log: Log,
): APIGatewayProxyStructuredResultV2 {
  log.error('task state could not be used', {
    [ERROR_TYPE]: errorType(error.cause),
    'error.message': error.message,
  });
  return problemResponse({
    status: 503,
    detail: 'The record of tasks did not answer.',
    headers: { 'retry-after': '1' },
  });
}
