import { redact } from '../../lib/instrumentation/redact.ts';
import { hideCredentials } from '../hide-credentials.ts';

interface AwsError extends Error {
  /** `sqs:ReceiveMessage`, as a policy names it; put there by `nameActions`. */
  action?: string;
  code?: unknown;
  cause?: unknown;
  errors?: unknown;
  $metadata?: unknown;
}

const OFFLINE = /^(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET)$/;
/** Their messages may quote the request, and with it the session token. */
const BAD_CREDENTIALS =
  /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|Signature|RequestExpired|InvalidToken|InvalidSecurity|IncompleteSignature/;

/**
 * An error of AWS as whoever typed the command can act on it. Others, and so our own, stay.
 *
 * @param endpoint what is asked in AWS's place. @default AWS itself
 */
export function explainAwsError(error: unknown, endpoint: string | undefined): Error {
  const known = unwrap(error);
  const explain = (text: string) => new Error(text, { cause: error });
  const { name, message, action } = known;
  const missing = findMissingPeer(known);
  if (missing !== undefined) {
    return explain(`This command needs ${missing}: npm install --save-dev ${missing}`);
  }
  const code = findCode(known);
  if (code === 'ECONNREFUSED' && endpoint !== undefined) {
    return explain(`Nothing answers at ${hideCredentials(endpoint)}: is "npm start" running?`);
  }
  if (code === 'ECONNREFUSED' || OFFLINE.test(code)) {
    return explain(`AWS cannot be reached (${code}). Look at the network, and at AWS_REGION.`);
  }
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(name)) {
    const what = action === undefined ? 'this' : action;
    return explain(`These credentials may not do ${what}: ${firstLine(message)}`);
  }
  if (/Credentials/.test(name)) {
    return explain(
      'There are no AWS credentials. Set AWS_PROFILE, or log in; for a running "npm start" give --local.',
    );
  }
  if (message.includes('Region is missing')) {
    return explain(
      'There is no region. Set AWS_REGION, or a profile with one; for a running "npm start" give --local.',
    );
  }
  if (BAD_CREDENTIALS.test(name)) {
    return explain(
      `AWS does not take these credentials (${name}). Renew them, and look at the clock.`,
    );
  }
  if (name === 'ResourceNotFoundException' && action?.startsWith('dynamodb:')) {
    return explain(
      'There is no such table of task state. Give its name by --table, or set taskState of infra/config.ts and deploy.',
    );
  }
  if (known.$metadata === undefined) return known;
  return explain(`${action === undefined ? '' : `${action}: `}${name}: ${firstLine(message)}`);
}

/** What the producer could not send, or the table not say, has AWS's own error as its cause. */
function unwrap(error: unknown): AwsError {
  const outer = error instanceof Error ? error : new Error(String(error));
  const { code, cause } = outer as AwsError;
  const wraps = code === 'ENQUEUE_FAILED' || code === 'STATE_UNAVAILABLE';
  return wraps && cause instanceof Error ? cause : outer;
}

function findCode({ code, cause, errors }: AwsError, depth = 0): string {
  if (typeof code === 'string') return code;
  if (depth === 3) return '';
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])];
  return inner
    .filter((each): each is AwsError => each instanceof Error)
    .map((each) => findCode(each, depth + 1))
    .reduce((found, each) => found || each, '');
}

/** The clients of AWS are optional peers of the package. */
function findMissingPeer({ code, message }: Error & { code?: unknown }): string | undefined {
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /'(@aws-sdk\/client-[a-z]+)'/.exec(message)?.[1];
}

function firstLine(message: string): string {
  return redact(message.split('\n', 1)[0] ?? '').slice(0, 500);
}
