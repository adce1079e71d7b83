import middy from '@middy/core';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import { startRecording } from '../../../lib/telemetry/start-recording.ts';
import { createRecord } from '../../../lib/testing.ts';
import { flushTelemetry, type TracedContext, traceContext } from '../../../lib/worker.ts';
import { lambdaContext } from './lambda-context.ts';
import { readRecording } from './read-recording.ts';

const recorder = await startRecording();
beforeEach(() => recorder.take());

const task = defineTask({ name: 'work', payload: z.number() });
const traceId = 'a'.repeat(32);
const event = (): SQSEvent => ({
  Records: [
    createRecord(task, 1, { attributes: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } }),
    createRecord(task, 2),
  ],
});
const context = () => lambdaContext(10_000) as TracedContext;

describe('traceContext in a handler of the user’s own', () => {
  it('runs each record in a span of its own, which continues its message’s trace', async () => {
    const handler = middy<SQSEvent>()
      .use(traceContext())
      .handler(async ({ Records }, { batchTrace }) => {
        for (const record of Records) {
          await batchTrace.process(record, (span) => {
            expect(trace.getActiveSpan()).toBe(span);
            span.setAttribute('own', record.messageId);
          });
        }
      });
    const input = event();
    await handler(input, context());
    const { spans, span } = readRecording(await recorder.take());
    const records = spans.filter(({ name }) => name === 'process default');
    expect(records.map(({ attributes }) => attributes['own'])).toEqual(
      input.Records.map(({ messageId }) => messageId),
    );
    expect(records[0]?.spanContext().traceId).toBe(traceId);
    expect(records[1]?.links.map(({ context: { spanId } }) => spanId)).toEqual([
      span('process-tasks').spanContext().spanId,
    ]);
  });

  it('records what a record’s work throws, throws it on, and fails the invocation’s span by it', async () => {
    const failure = new RangeError('x');
    const handler = middy<SQSEvent>()
      .use(traceContext({ queues: { orders: { url: 'https://sqs.example/0/default' } } }))
      .handler(async ({ Records: [record] }, { batchTrace }) => {
        if (record === undefined) return;
        await batchTrace.process(record, () => {
          throw failure;
        });
      });
    await expect(handler(event(), context())).rejects.toBe(failure);
    const { span } = readRecording(await recorder.take());
    for (const name of ['process orders', 'process-tasks']) {
      expect(span(name).status).toEqual({ code: SpanStatusCode.ERROR, message: 'x' });
      expect(span(name).attributes['error.type']).toBe('RangeError');
      expect(span(name).events).toHaveLength(1);
    }
  });
});

describe('flushTelemetry in a handler of the user’s own', () => {
  it.each([
    ['that succeeds', async () => 'done'],
    [
      'that fails',
      async () => {
        throw new Error('x');
      },
    ],
  ])('flushes after everything else of an invocation %s', async (_, work) => {
    const flushes: { requestId: string; remainingMs: number; ended: number }[] = [];
    const flush = async (request: { requestId: string; remainingMs: number }) => {
      const { spans } = await recorder.take();
      flushes.push({ ...request, ended: spans.length });
    };
    const handler = middy<SQSEvent>()
      .use(flushTelemetry({ flush }))
      .use(traceContext())
      .handler(work);
    const input = context();
    await handler(event(), input).catch(() => {});
    expect(flushes).toEqual([
      { requestId: input.awsRequestId, remainingMs: expect.any(Number), ended: 1 },
    ]);
    expect(flushes[0]?.remainingMs).toBeGreaterThan(9_000);
  });
});
