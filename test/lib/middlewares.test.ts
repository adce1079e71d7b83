import middy from '@middy/core';
import { SpanStatusCode } from '@opentelemetry/api';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { processOrder } from '../../functions/tasks/process-order.ts';
import { createRecord } from '../../lib/testing.ts';
import { flushTelemetry, partialBatch, traceContext } from '../../lib/worker.ts';
import { startInMemoryTelemetry } from './instrumentation/in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
beforeEach(() => telemetry.clear());
afterAll(() => telemetry.stop());

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const event = (...ids: string[]): SQSEvent => ({
  Records: ids.map((id) =>
    createRecord(processOrder, { order_id: id }, { id, attributes: { traceparent } }),
  ),
});
const lambdaContext = () =>
  ({
    functionName: 'my-consumer',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:my-consumer',
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => 10_000,
  }) as Context;

describe('traceContext with a handler of the user', () => {
  it('runs each record in its own span of its own trace', async () => {
    const handler = middy<SQSEvent>()
      .use(traceContext())
      .handler(async ({ Records }, context) => {
        for (const record of Records) {
          await context.batchTrace.process(record, (span) => span.setAttribute('seen', true));
        }
      });
    await handler(event('a', 'b'), lambdaContext() as never);
    const spans = telemetry.spans();
    const processed = spans.filter(({ name }) => name === 'process default');
    expect(processed.map((span) => [span.spanContext().traceId, span.attributes['seen']])).toEqual([
      [TRACE_ID, true],
      [TRACE_ID, true],
    ]);
    const invocation = spans.find(({ name }) => name === 'my-consumer');
    expect(invocation?.links.map(({ context }) => context.traceId)).toEqual([TRACE_ID, TRACE_ID]);
    expect(invocation?.attributes).toMatchObject({
      'faas.trigger': 'pubsub',
      'faas.coldstart': true,
      'messaging.batch.message_count': 2,
    });
  });

  it('marks the span of the record that failed, and ends the invocation span', async () => {
    const handler = middy<SQSEvent>()
      .use(traceContext())
      .handler(async ({ Records: [record] }, context) => {
        if (record !== undefined) {
          await context.batchTrace.process(record, () => Promise.reject(new RangeError('no')));
        }
      });
    await expect(handler(event('a'), lambdaContext() as never)).rejects.toThrow('no');
    const [processed, invocation] = telemetry.spans();
    expect(processed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no' });
    expect(processed?.attributes['error.type']).toBe('RangeError');
    expect(invocation?.name).toBe('my-consumer');
  });
});

describe('partialBatch with a handler of the user', () => {
  const run = (handler: (event: SQSEvent) => Promise<unknown>) =>
    middy<SQSEvent>().use(partialBatch()).handler(handler)(event('a', 'b', 'c'), lambdaContext());

  it('answers with the records that failed', async () => {
    const response = await run(async ({ Records }) =>
      Promise.allSettled(
        Records.map(async ({ messageId }) => {
          if (messageId === 'message-b') throw new Error('no');
        }),
      ),
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-b' }] });
  });

  it('leaves another answer as it is', async () => {
    expect(await run(async () => ({ batchItemFailures: [] }))).toEqual({ batchItemFailures: [] });
  });

  it('fails the batch when results are missing: no record may count as done unseen', async () => {
    await expect(run(async () => Promise.allSettled([Promise.resolve()]))).rejects.toThrow(
      '1 results for 3 records',
    );
  });

  it('leaves a thrown error to fail the whole batch', async () => {
    await expect(run(() => Promise.reject(new Error('all of it')))).rejects.toThrow('all of it');
  });
});

describe('flushTelemetry with a handler of the user', () => {
  it.each(['answers', 'throws'])('flushes after the invocation span when it %s', async (how) => {
    const seen: unknown[] = [];
    const handler = middy<SQSEvent>()
      .use(
        flushTelemetry({
          flush: async (request) => {
            seen.push(
              request,
              telemetry.spans().map(({ name }) => name),
            );
          },
        }),
      )
      .use(traceContext())
      .handler(async () => {
        if (how === 'throws') throw new Error('no');
      });
    await handler(event('a'), lambdaContext() as never).catch(() => {});
    expect(seen).toEqual([{ requestId: 'request-1', remainingMs: 10_000 }, ['my-consumer']]);
  });
});
