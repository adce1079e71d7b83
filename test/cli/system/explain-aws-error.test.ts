import { expect, test } from 'vitest';
import { explainAwsError } from '../../../cli/system/explain-aws-error.ts';
import { EnqueueFailed } from '../../../lib/errors/enqueue-failed.ts';

const ENDPOINT = 'http://user:s3cret@127.0.0.1:4566';

/** As the SDK throws it. */
function awsError(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: {}, ...more });
}

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

test.each([
  [
    'a connection refused',
    refused,
    ENDPOINT,
    /^Nothing answers at http:\/\/\*\*\*@127.* "npm start"/,
  ],
  ['one within', new AggregateError([refused]), ENDPOINT, /"npm start" running/],
  ['refused by AWS itself', refused, undefined, /^AWS cannot be reached \(ECONNREFUSED\)/],
  [
    'no such host',
    Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
    undefined,
    /^AWS cannot be reached \(ENOTFOUND\)/,
  ],
  [
    'denied',
    awsError('AccessDenied', 'User: x is not authorized', { action: 'sqs:PurgeQueue' }),
    undefined,
    /^These credentials may not do sqs:PurgeQueue: User: x is not authorized$/,
  ],
  [
    'denied to the producer',
    new EnqueueFailed('SQS did not take it', {
      cause: awsError('AccessDeniedException', 'no', { action: 'sqs:SendMessage' }),
      retryable: false,
    }),
    undefined,
    /^These credentials may not do sqs:SendMessage: no$/,
  ],
  [
    'no credentials',
    awsError('CredentialsProviderError', 'Could not load'),
    undefined,
    /^There are no AWS credentials\..*--local/,
  ],
  ['no region', new Error('Region is missing'), undefined, /^There is no region\..*AWS_REGION/],
  [
    'a client that is not installed',
    Object.assign(new Error("Cannot find package '@aws-sdk/client-lambda' imported from /x"), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
    undefined,
    /^This command needs @aws-sdk\/client-lambda: npm install/,
  ],
  [
    'another one of AWS',
    awsError('RequestThrottled', 'Slow down\nand a second line', { action: 'sqs:SendMessage' }),
    undefined,
    /^sqs:SendMessage: RequestThrottled: Slow down$/,
  ],
  ['one of our own', new Error('There is no queue.'), ENDPOINT, /^There is no queue\.$/],
])('%s', (_, error, endpoint, message) => {
  const explained = explainAwsError(error, endpoint);
  expect(explained.message).toMatch(message);
  expect(explained.message).not.toContain('s3cret');
});

test('one of our own stays what it is, so that its exit code does', () => {
  const own = new Error('mine');
  expect(explainAwsError(own, undefined)).toBe(own);
});
