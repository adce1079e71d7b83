import type { SqsAction } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { queueUrl } from './queue-urls.ts';

const MAX_RESULTS = 1_000;

/**
 * In pages, because fauxqs sorts by locale and pages by code unit, which loses queues whose names
 * differ in case. Without MaxResults SQS gives the first 1,000 and no token, so that a caller who
 * pages by the token alone never sees the rest.
 */
export const listQueues: SqsAction = async (request, { engine, endpoint }) => {
  const { QueueNamePrefix: prefix, MaxResults: maxResults, NextToken: token } = request;
  checkMaxResults(maxResults, token);
  const listed = await engine.call('ListQueues', { QueueNamePrefix: prefix });
  const names = ((listed['QueueUrls'] ?? []) as string[])
    .map((url) => url.split('/').at(-1) as string)
    .sort();
  const after = token === undefined ? '' : readToken(token);
  const left = names.filter((name) => name > after);
  const page = left.slice(0, (maxResults as number | undefined) ?? MAX_RESULTS);
  const more = maxResults !== undefined && page.length < left.length;
  return {
    // SQS leaves an empty list out.
    ...(page.length > 0 && { QueueUrls: page.map((name) => queueUrl(endpoint, name)) }),
    ...(more && { NextToken: writeToken(page.at(-1) as string) }),
  };
};

function checkMaxResults(maxResults: unknown, token: unknown): void {
  if (maxResults === undefined) {
    if (token === undefined) return;
    throw new SqsRefusal(
      'InvalidParameterValue',
      'MaxResults is a mandatory parameter when you provide a value for NextToken.',
    );
  }
  const count = maxResults as number;
  if (!Number.isInteger(count) || count < 1 || count > MAX_RESULTS) {
    throw new SqsRefusal(
      'InvalidParameterValue',
      `Value ${String(maxResults)} for parameter MaxResults is invalid. Reason: must be between 1 and ${MAX_RESULTS}.`,
    );
  }
}

function writeToken(queueName: string): string {
  return Buffer.from(JSON.stringify(['after', queueName])).toString('base64url');
}

function readToken(token: unknown): string {
  try {
    const [kind, queueName] = JSON.parse(Buffer.from(String(token), 'base64url').toString());
    if (kind === 'after' && typeof queueName === 'string') return queueName;
  } catch {}
  throw new SqsRefusal('InvalidParameterValue', 'Invalid or expired next token.');
}
