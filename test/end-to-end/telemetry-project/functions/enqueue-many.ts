import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readQueues } from '../../../../functions/env.ts';
import { createProducer, type EnqueueResult } from '../../../../lib/producer.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { flushTelemetry } from '../../../../lib/worker.ts';
import { nowhere, scripted } from './tasks/index.ts';

interface Order {
  count: number;
  /** Of each message. */
  bytes?: number;
  /** To a queue that is not there. */
  lost?: boolean;
}

const telemetry = await startTelemetry();
const producer = createProducer({ queues: readQueues(), client: new SQSClient({}), telemetry });

const flushed = middy<Order, EnqueueResult[]>()
  .use(flushTelemetry(telemetry))
  .handler(async ({ count, bytes = 1, lost }) => {
    const payload = { do: 'complete', text: 'x'.repeat(bytes) };
    return producer.enqueueMany(lost ? nowhere : scripted, Array(count).fill(payload));
  });

export const handler: (order: Order, context: Context) => Promise<EnqueueResult[]> = (
  order,
  context,
) => flushed(order, context);
