import { describe, expect, test } from 'vitest';
import {
  chooseDestination,
  findDeadLetterQueue,
} from '../../../cli/dead-letters/find-dead-letter-queue.ts';
import { resolveRedrive } from '../../../lib/queues/resolve-redrive.ts';

const COUNTS = { visible: 0, inFlight: 0, delayed: 0 };

/** Readings of queues of the stage `dev`, by logical name with the dead-letter queue of each. */
function readingsOf(queues: Record<string, string | undefined>) {
  const url = (sqsName: string) => `https://sqs.eu-west-1.amazonaws.com/123456789012/${sqsName}`;
  const names = new Set([...Object.keys(queues), ...Object.values(queues).flatMap((n) => n ?? [])]);
  const listed = [...names].map((name) => ({
    name: name.replace(/\.fifo$/, ''),
    sqsName: `dev-${name}`,
    url: url(`dev-${name}`),
  }));
  const readings = [...names].map((name): [string, { attributes: typeof COUNTS }] => {
    const dlq = queues[name];
    const attributes = { ...COUNTS, ...(dlq !== undefined && { deadLetterQueue: `dev-${dlq}` }) };
    return [url(`dev-${name}`), { attributes }];
  });
  return resolveRedrive(listed, new Map(readings));
}

describe('the dead-letter queue of', () => {
  const readings = readingsOf({
    default: 'default-dlq',
    'pay.fifo': 'pay-dlq.fifo',
    bare: undefined,
  });
  test.each([
    ['default', 'dev-default-dlq'],
    ['dev-default', 'dev-default-dlq'],
    ['default-dlq', 'dev-default-dlq'],
    ['dev-default-dlq', 'dev-default-dlq'],
    ['pay', 'dev-pay-dlq.fifo'],
    ['pay-dlq', 'dev-pay-dlq.fifo'],
  ])('%s is %s', (name, sqsName) => {
    expect(findDeadLetterQueue(readings, name).sqsName).toBe(sqsName);
  });

  test('a queue that does not exist: those that do are listed', () => {
    expect(() => findDeadLetterQueue(readings, 'defualt')).toThrow(
      'There is no queue "defualt". There are: default, pay, bare.',
    );
  });

  test('a queue without one', () => {
    expect(() => findDeadLetterQueue(readings, 'bare')).toThrow(/"bare" has no dead-letter queue/);
  });
});

describe('where they go back to', () => {
  const dlq = findDeadLetterQueue(readingsOf({ high: 'dlq', low: 'dlq' }), 'high');
  test('has to be said where there are several sources', () => {
    expect(() => chooseDestination(dlq, undefined)).toThrow(
      'dev-dlq has the dead letters of several queues: high, low. Say which they go back to: --to QUEUE.',
    );
    expect(chooseDestination(dlq, 'low').sqsName).toBe('dev-low');
    expect(chooseDestination(dlq, 'dev-low').sqsName).toBe('dev-low');
  });

  test('cannot be a queue that they did not come from', () => {
    expect(() => chooseDestination(dlq, 'other')).toThrow(/no dead letters of "other".*high, low/);
  });

  test('is the only source, unless something else is said', () => {
    const one = findDeadLetterQueue(readingsOf({ default: 'default-dlq' }), 'default');
    expect(chooseDestination(one, undefined).name).toBe('default');
  });
});
