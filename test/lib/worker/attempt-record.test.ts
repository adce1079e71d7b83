import { type Context, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, type Task } from '../../../lib/index.ts';
import type { AttemptFacts } from '../../../lib/state/attempt-records.ts';
import { createRecord } from '../../../lib/testing.ts';
import { type AttemptRecord, createAttemptRecord } from '../../../lib/worker/attempt-record.ts';
import { readMessage } from '../../../lib/worker/message-facts.ts';

it.each([
  ['nothing, where tracing is off', INVALID_SPAN_CONTEXT, undefined],
  [
    'the trace, where it is on',
    { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
    'a'.repeat(32),
  ],
])('a record has as its trace id %s', async (_, spanContext, traceId) => {
  const start = vi.fn(async (_facts: AttemptFacts) => ({ kind: 'started' }));
  const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const record = recordOf(defineTask({ name: 'work', payload: z.any() }), { start }, context);
  expect(await record.begin({})).toEqual({ kind: 'run' });
  expect(start.mock.calls[0]?.[0].traceId).toBe(traceId);
});

it('the effect is written before the task: without it a duplicate would run again', async () => {
  const written: (string | undefined)[] = [];
  const attempts = {
    start: async () => ({ kind: 'started', runs: 1 }),
    end: async ({ effectKey }: AttemptFacts) => {
      written.push(effectKey);
      return true;
    },
  };
  const task = defineTask({ name: 'work', payload: z.any(), idempotent: () => 'invoice-1' });
  const record = recordOf(task, attempts, ROOT_CONTEXT);
  await record.begin({});
  await record.end({ outcome: 'completed' }, undefined);
  expect(written).toEqual(['invoice-1', undefined]);
});

function recordOf(task: Task, attempts: object, context: Context): AttemptRecord {
  const implementation = implementTask(task, () => {});
  const queue = { name: 'default', sqsName: 'default' };
  const message = readMessage(createRecord(task, {}), queue, new Map([['work', implementation]]));
  const environment = {
    requestId: 'request-1',
    deadline: { at: 0, boundCall: () => AbortSignal.timeout(1_000) },
  };
  const report = { context } as never;
  return createAttemptRecord(message, report, { attempts } as never, environment as never);
}
