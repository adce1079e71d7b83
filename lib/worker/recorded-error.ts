import { toError } from '../instrumentation/error-type.ts';
import { redact } from '../instrumentation/redact.ts';
import type { RecordedError } from '../state/attempt-records.ts';
import { type Failure, failureType } from './decide-outcome.ts';

/** An item has 400 KB, and an error may quote anything. */
const MAX_MESSAGE_LENGTH = 2_000;

/** A failure as records keep it. */
export function toRecordedError(failure: Failure): RecordedError {
  const { message } = toError(failure.error);
  return {
    type: failureType(failure),
    message: redact(message).slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
  };
}
