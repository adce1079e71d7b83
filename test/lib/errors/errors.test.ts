import { expect, it } from 'vitest';
import { InvalidAnswer } from '../../../lib/errors/invalid-answer.ts';
import { ReadTimeout } from '../../../lib/errors/read-timeout.ts';
import { TaskTimeout } from '../../../lib/errors/task-timeout.ts';
import {
  EnqueueFailed,
  InvalidEnqueueOptions,
  InvalidMessage,
  InvalidPayload,
  InvalidSetting,
  InvalidTaskDefinition,
  LeadlineError,
  MessageTooLarge,
  NonRetryableError,
  UnknownTask,
} from '../../../lib/index.ts';

const cause = new Error('why');

// Codes and names are a promise: programs, charts and alerts match on them.
it.each([
  [new EnqueueFailed('m', { cause, retryable: true }), 'EnqueueFailed', 'ENQUEUE_FAILED', true],
  [new EnqueueFailed('m', { cause, retryable: false }), 'EnqueueFailed', 'ENQUEUE_FAILED', false],
  [new InvalidAnswer('m'), 'InvalidAnswer', 'INVALID_ANSWER', true],
  [new InvalidEnqueueOptions('m'), 'InvalidEnqueueOptions', 'INVALID_ENQUEUE_OPTIONS', false],
  [new InvalidMessage('m'), 'InvalidMessage', 'INVALID_MESSAGE', false],
  [new InvalidPayload('t', []), 'InvalidPayload', 'INVALID_PAYLOAD', false],
  [new InvalidSetting('V', 'p'), 'InvalidSetting', 'INVALID_SETTING', false],
  [new InvalidTaskDefinition('m'), 'InvalidTaskDefinition', 'INVALID_TASK_DEFINITION', false],
  [new MessageTooLarge('t', 2, 1), 'MessageTooLarge', 'MESSAGE_TOO_LARGE', false],
  [new NonRetryableError('m'), 'NonRetryableError', 'NON_RETRYABLE', false],
  [new ReadTimeout('m'), 'ReadTimeout', 'READ_TIMEOUT', true],
  [new TaskTimeout('t', 30), 'TaskTimeout', 'TASK_TIMEOUT', true],
  [new UnknownTask('m'), 'UnknownTask', 'UNKNOWN_TASK', true],
])('%s has the name %s, the code %s, retryable %s', (error, name, code, retryable) => {
  expect(error).toBeInstanceOf(LeadlineError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, code, retryable });
});

it('keeps the cause', () => {
  expect(new EnqueueFailed('m', { cause, retryable: true }).cause).toBe(cause);
  expect(new NonRetryableError('card declined', { cause }).cause).toBe(cause);
});

it('can be told apart when a subclass is thrown', () => {
  class CardDeclined extends NonRetryableError {}
  expect(new CardDeclined('no')).toMatchObject({ code: 'NON_RETRYABLE', retryable: false });
});

it('tells what to do in the message', () => {
  expect(new MessageTooLarge('export_report', 1_048_577, 1_048_576).message).toBe(
    'The message of export_report has 1048577 bytes and SQS takes 1048576. ' +
      'Store the data elsewhere (S3, a table) and send its key.',
  );
  expect(new TaskTimeout('export_report', 30).message).toContain('timeoutSeconds of 30');
  expect(new InvalidSetting('QUEUES', 'is not set.')).toMatchObject({
    variable: 'QUEUES',
    message: 'QUEUES: is not set.',
  });
});

it('names every payload issue with its path', () => {
  const issues = [
    { path: ['items', 0, 'sku'], message: 'expected string' },
    { path: [], message: 'too many keys' },
  ];
  const error = new InvalidPayload('process_order', issues);
  expect(error.message).toBe(
    'The payload of process_order does not fit its schema: items.0.sku: expected string; too many keys',
  );
  expect(error).toMatchObject({ task: 'process_order', issues });
});
