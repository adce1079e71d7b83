import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError } from '../../../lib/index.ts';
import { hostileValues } from '../instrumentation/hostile-values.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'ship', payload: z.any(), retry: { maxAttempts: 1 } });
const sendsOf = (calls: { name: string }[]) =>
  calls.filter(({ name }) => name === 'SendMessageCommand').length;

it('SQS takes the copy with its cause, whatever the error and the attributes are', async () => {
  const queue = await bench.createQueue();
  let thrown: unknown;
  const worker = queue.worker([
    implementTask(task, () => {
      throw thrown;
    }),
  ]);
  const anyText = fc.string({ unit: 'binary', maxLength: 400 });
  const value = fc.oneof(
    fc
      .string({
        unit: fc.constantFrom('a', 'é', '🧭', '\t', '\ufffd'),
        minLength: 1,
        maxLength: 60,
      })
      .map((StringValue) => ({ DataType: 'String', StringValue })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((number) => ({ DataType: 'Number.kg', StringValue: String(number) })),
    fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((BinaryValue) => ({ DataType: 'Binary.png', BinaryValue })),
  );
  const name = fc.string({
    unit: fc.constantFrom('a', 'B', '9', '-', '_'),
    minLength: 1,
    maxLength: 20,
  });
  const attributes = fc.dictionary(name, value, { maxKeys: 10, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(
      anyText,
      anyText,
      attributes,
      async (message, errorName, MessageAttributes) => {
        thrown = Object.assign(new NonRetryableError(message), { name: errorName });
        await queue.send({ id: 't-1', task: 'ship', payload: {} }, { MessageAttributes });
        const { results, calls } = await worker.deliver();
        expect(results).toMatchObject([{ outcome: 'dead' }]);
        // The first copy, not the plain one that would follow a refusal.
        expect(sendsOf(calls)).toBe(1);
        const [dead] = await queue.receiveDead();
        expect(dead?.MessageAttributes ?? {}).toMatchObject(
          Object.fromEntries(
            Object.entries(MessageAttributes).map(([key, { DataType }]) => [key, { DataType }]),
          ),
        );
        const free = Math.min(4, 10 - Object.keys(MessageAttributes).length);
        const causes = Object.keys(dead?.MessageAttributes ?? {}).filter((key) =>
          key.startsWith('leadline.'),
        );
        expect(causes).toHaveLength(free);
      },
    ),
    { numRuns: 40 },
  );
});

it.each(hostileValues())('a thrown %s is dead with a cause', async (_, error) => {
  const queue = await bench.createQueue();
  await queue.send({ id: 't-1', task: 'ship', payload: {} });
  const worker = queue.worker([
    implementTask(task, () => {
      throw error;
    }),
  ]);
  const { results, calls, span } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'dead' }]);
  expect(sendsOf(calls)).toBe(1);
  expect(span('process default').events).toHaveLength(1);
  const [dead] = await queue.receiveDead();
  expect(dead?.MessageAttributes?.['leadline.error.message']?.StringValue).toMatch(/./);
});

it('a body near 1 MiB is copied with what there is room for', async () => {
  const queue = await bench.createQueue();
  const head = '{"id":"t-1","task":"ship","payload":"';
  const body = `${head}${'x'.repeat(1_048_576 - head.length - 2 - 60)}"}`;
  await queue.send(body);
  const worker = queue.worker([
    implementTask(task, () => {
      throw new RangeError('no such street');
    }),
  ]);
  const { results, calls } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'dead' }]);
  expect(sendsOf(calls)).toBe(1);
  const [dead] = await queue.receiveDead();
  expect(dead?.Body === body).toBe(true);
  expect(Object.keys(dead?.MessageAttributes ?? {})).toEqual(['leadline.error.type']);
});
