import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import type { AttemptFacts } from '../../../lib/state/attempt-records.ts';
import { createRecord } from '../../../lib/testing.ts';
import { createAttemptRecord } from '../../../lib/worker/attempt-record.ts';
import { readMessage } from '../../../lib/worker/message-facts.ts';

it.each([
  ['nothing, where tracing is off', INVALID_SPAN_CONTEXT, undefined],
  [
    'the trace, where it is on',
    { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
    'a'.repeat(32),
  ],
])('a record has as its trace id %s', async (_, spanContext, traceId) => {
  const task = defineTask({ name: 'work', payload: z.any() });
  const implementation = implementTask(task, () => {});
  const queue = { name: 'default', sqsName: 'default' };
  const message = readMessage(createRecord(task, {}), queue, new Map([['work', implementation]]));
  const start = vi.fn(async (_facts: AttemptFacts) => ({ kind: 'started' }));
  const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const record = createAttemptRecord(
    message,
    { context } as never,
    { attempts: { start } } as never,
    {
      requestId: 'request-1',
      deadline: { at: 0, boundCall: () => AbortSignal.timeout(1) },
    } as never,
  );
  expect(await record.begin({})).toEqual({ kind: 'run' });
  expect(start.mock.calls[0]?.[0].traceId).toBe(traceId);
});
