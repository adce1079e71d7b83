import { InvalidPayload } from '../../../lib/errors/invalid-payload.ts';
import { LeadlineError } from '../../../lib/errors/leadline-error.ts';
import { ReadTimeout } from '../../../lib/errors/read-timeout.ts';
import type { ConsoleProblem, PayloadProblem } from '../console-api.ts';
import { describeAwsError } from '../queues/describe-reading.ts';
import { ConsoleRefusal } from './console-refusal.ts';

/** What the page is told of whatever was thrown. */
export function answerError(error: unknown): { status: number; problem: ConsoleProblem } {
  if (error instanceof ConsoleRefusal) {
    return answer(error.status, error.code, error.message, error.issues);
  }
  if (error instanceof InvalidPayload) {
    const issues = error.issues.map(({ path, message }) => ({ path: toPath(path), message }));
    return answer(422, 'invalid_payload', `The payload does not fit ${error.task}.`, issues);
  }
  const text = describeAwsError(error);
  if (error instanceof ReadTimeout) return answer(503, 'no_answer', `AWS did not answer. ${text}`);
  if (error instanceof LeadlineError) {
    const status = STATUSES[error.code] ?? 400;
    return answer(status, error.code.toLowerCase(), error.message);
  }
  // What the AWS SDK throws.
  const {
    $metadata,
    code,
    name = '',
  } = error as { $metadata?: object; code?: unknown; name?: string };
  if (/AccessDenied|NotAuthorized/.test(name)) {
    return answer(502, 'access_denied', `AWS does not let these credentials do it. ${text}`);
  }
  if ($metadata !== undefined || /Credentials|Token|Timeout/.test(name)) {
    return answer(502, 'aws', `AWS refused it. ${text}`);
  }
  if (typeof code === 'string') return answer(503, 'no_answer', `AWS cannot be reached. ${text}`);
  return answer(500, 'internal', `The console failed. ${text}`);
}

const STATUSES: Readonly<Record<string, number>> = { ENQUEUE_FAILED: 502, MESSAGE_TOO_LARGE: 413 };

function answer(
  status: number,
  code: string,
  message: string,
  issues?: readonly PayloadProblem[],
): { status: number; problem: ConsoleProblem } {
  return { status, problem: { error: { code, message, ...(issues && { issues: [...issues] }) } } };
}

/** As in `items[0].name`. */
function toPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
