import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { runProcessOrder } from '../../functions/tasks/process-order.run.ts';
import { runProcessPayment } from '../../functions/tasks/process-payment.run.ts';
import { processPayment } from '../../functions/tasks/process-payment.ts';
import { defineTask, implementTask } from '../../lib/index.ts';
import { createRecord, runBatch, runTask } from '../../lib/testing.ts';

describe('runTask', () => {
  it('tells the outcome, spans, metrics and logs of a task', async () => {
    const { outcome, spans, metrics, logs } = await runTask(runProcessOrder, { order_id: 'o-1' });
    expect(outcome).toBe('completed');
    expect(spans.map(({ name }) => name)).toContain('send_notification');
    expect(metrics.map(({ descriptor }) => descriptor.name)).toContain('task.completed');
    expect(logs.map(({ body }) => body)).toEqual([
      'worker ready',
      'task starting',
      'order processed',
      'task completed',
    ]);
  });

  it('runs a later attempt', async () => {
    const payload = { payment_id: 'flaky-1', amount: 3 };
    const second = await runTask(runProcessPayment, payload, { attempt: 2 });
    expect(second).toMatchObject({ outcome: 'retry', error: { name: 'GatewayTimeout' } });
    expect(second.delaySeconds).toBeGreaterThanOrEqual(2);
    const third = await runTask(runProcessPayment, payload, { attempt: 3 });
    expect(third.outcome).toBe('completed');
  });

  it('gives back the dead letter and why', async () => {
    const { outcome, deadLetters } = await runTask(runProcessPayment, {
      payment_id: 'declined-1',
      amount: 3,
    });
    expect(outcome).toBe('dead');
    expect(deadLetters[0]?.MessageAttributes?.['leadline.error.type']?.StringValue).toBe(
      'NonRetryableError',
    );
  });

  it('keeps side by side runs apart', async () => {
    const runs = await Promise.all(
      ['o-1', 'o-2', 'o-3'].map((order_id) => runTask(runProcessOrder, { order_id })),
    );
    for (const { spans } of runs) {
      expect(spans.filter(({ name }) => name === 'process default')).toHaveLength(1);
    }
  });

  it('reports a task that does not finish within the invocation', async () => {
    const wait = defineTask({ name: 'wait', payload: z.object({}) });
    const runWait = implementTask(wait, (_, { signal }) => {
      trace.getTracer('test').startSpan('left open');
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const { outcome, spans } = await runTask(runWait, {}, { remainingMs: 60 });
    expect(outcome).toBe('unfinished');
    expect(spans.find(({ name }) => name === 'left open')?.attributes['task.outcome']).toBe(
      'unfinished',
    );
  });
});

describe('runBatch', () => {
  it('tells the outcome of every record', async () => {
    const records = [
      createRecord(processPayment, { payment_id: 'p-1', amount: 1 }),
      createRecord(processPayment, { payment_id: 'flaky-1', amount: 1 }),
      { ...createRecord(processPayment, { payment_id: 'p-2', amount: 1 }), body: 'no JSON' },
    ];
    const { outcomes } = await runBatch([runProcessPayment], records);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['completed', 'retry', 'dead']);
  });
});
