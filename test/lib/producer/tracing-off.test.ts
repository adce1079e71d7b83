import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import { createProducer } from '../../../lib/producer.ts';
import { registerContext } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

let bench: ProducerBench;
beforeAll(async () => {
  bench = await startProducerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'anything', payload: z.unknown() });

it('works without any OpenTelemetry set-up: no trace id, no attributes', async () => {
  const url = await bench.createQueue();
  const producer = createProducer({ queues: { default: { url } }, client: bench.client });
  const enqueued = await producer.enqueue(task, 1);
  expect(enqueued).toEqual({ id: enqueued.id, task: 'anything', queue: 'default' });
  const [message] = await bench.receive(url);
  expect(message?.MessageAttributes).toBeUndefined();
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({ id: enqueued.id, payload: 1 });
});

it('writes no empty trace context when tracing is off', async () => {
  registerContext();
  const url = await bench.createQueue();
  const producer = createProducer({ queues: { default: { url } }, client: bench.client });
  await producer.enqueue(task, 1);
  const [message] = await bench.receive(url);
  expect(message?.MessageAttributes).toBeUndefined();
  expect(message?.Body).not.toContain('trace');
});
