import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError } from '../../../lib/index.ts';
import { createRecord, runBatch } from '../../../lib/testing.ts';
import { hostileValues } from '../instrumentation/hostile-values.ts';
import { readRecording } from './read-recording.ts';

const task = defineTask({ name: 'work', payload: z.string() });
const implementation = implementTask(task, (does) => {
  if (does === 'throw') throw new Error('x');
  if (does === 'die') throw new NonRetryableError('x');
});

const message = fc.record(
  {
    v: fc.oneof(fc.constantFrom(1, 2), fc.anything()),
    id: fc.oneof(fc.string(), fc.anything()),
    task: fc.oneof(fc.constantFrom('work', 'constructor', '__proto__'), fc.anything()),
    payload: fc.oneof(fc.constantFrom('ok', 'throw', 'die'), fc.anything()),
    enqueued_at: fc.oneof(fc.string(), fc.anything()),
    not_before: fc.oneof(fc.string(), fc.anything()),
    trace: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
  },
  { requiredKeys: ['task', 'payload'] },
);
const toJson = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
};
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  message.map(toJson),
  message.map((inner) => toJson({ Type: 'Notification', Message: toJson(inner) })),
);
const attributeValue = fc.oneof(
  fc.constant(undefined),
  fc.record({ dataType: fc.string(), stringValue: fc.option(fc.string(), { nil: undefined }) }),
  fc.record({ dataType: fc.string(), binaryValue: fc.base64String() }),
);
const attributes = fc.dictionary(
  fc.oneof(
    fc.constantFrom('traceparent', 'TraceParent', 'baggage', 'leadline.error.type'),
    fc.string(),
  ),
  attributeValue,
  { maxKeys: 5, noNullPrototype: true },
);
const counts = fc.oneof(fc.nat(2_000).map(String), fc.string(), fc.constant(undefined));
const system = fc.record({
  ApproximateReceiveCount: counts,
  SentTimestamp: counts,
  AWSTraceHeader: fc.option(fc.string(), { nil: undefined }),
  MessageGroupId: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
});
const queue = fc.constantFrom('default', 'orders.fifo');

it('whatever is in a batch, it is answered, and each record has exactly one outcome', async () => {
  const record = fc
    .tuple(body, attributes, system, queue)
    .map(([text, messageAttributes, given, name]): SQSRecord => {
      const { attributes: own, ...base } = createRecord(task, 'ok', { queue: name });
      return {
        ...base,
        body: text,
        attributes: { ...own, ...given } as SQSRecord['attributes'],
        messageAttributes: messageAttributes as SQSRecord['messageAttributes'],
      };
    });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 6 }), async (records) => {
      const { outcomes, ...recording } = await runBatch([implementation], records);
      expect(outcomes).toHaveLength(records.length);
      const { count } = readRecording(recording);
      expect(count('task.attempts')).toBe(records.length);
      expect(count('task.attempts')).toBe(
        count('task.completed') + count('task.failed') + count('task.unfinished'),
      );
      expect(count('task.failed')).toBe(count('task.retries') + count('task.dead'));
      const dead = outcomes.filter(({ outcome }) => outcome === 'dead');
      expect(recording.deadLetters).toHaveLength(dead.length);
    }),
    { numRuns: 150 },
  );
});

it.each(hostileValues())('a task that throws %s costs no sibling anything', async (_, thrown) => {
  const hostile = implementTask(task, (does) => {
    if (does === 'throw') throw thrown;
  });
  const records = ['ok', 'throw', 'ok'].map((payload) => createRecord(task, payload));
  const { outcomes } = await runBatch([hostile], records);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['completed', 'retry', 'completed']);
});
