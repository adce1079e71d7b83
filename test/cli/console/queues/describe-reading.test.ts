import { describe, expect, it } from 'vitest';
import { describeReading } from '../../../../cli/console/queues/describe-reading.ts';
import type { QueueReading } from '../../../../lib/queues/resolve-redrive.ts';

const counts = { visible: 1, inFlight: 2, delayed: 3 };
const dead = { visible: 4, inFlight: 5, delayed: 6 };
const reading = {
  name: 'default',
  sqsName: 'dev-default',
  url: 'https://sqs/1/dev-default',
  dlqUrl: 'https://sqs/1/dev-default-dlq',
  own: { attributes: counts },
  deadLetters: { attributes: dead },
} as QueueReading;
const { dlqUrl: _, deadLetters: __, ...alone } = reading;
const before = describeReading(reading, {}, 1_000);

describe('a reading of a queue', () => {
  it('counts dead letters that somebody looks at, or that come later', () => {
    expect(before).toMatchObject({ depth: 1, inFlight: 2, delayed: 3, dead: 15, readAt: 1_000 });
  });

  it('keeps its dead-letter queue and its figures where it fails, and tells the error', () => {
    const failed = { ...alone, own: { error: new Error('no route') } } as QueueReading;
    const described = describeReading(failed, { before }, 2_000);
    expect(described).toEqual({ ...before, error: 'Error: no route' });
  });

  it('forgets a dead-letter queue that SQS does not name any more', () => {
    expect(describeReading(alone as QueueReading, { before }, 2_000).dlq).toBeUndefined();
  });

  it('tells no session token that an error of AWS quotes', () => {
    const message = 'The canonical string was: x-amz-security-token:IQoJb3JpZ2lu host';
    const failed = { ...reading, deadLetters: { error: new Error(message) } } as QueueReading;
    const { error } = describeReading(failed, {}, 1_000);
    expect(error).toContain('x-amz-security-token:***');
    expect(error).not.toContain('IQoJ');
  });
});
