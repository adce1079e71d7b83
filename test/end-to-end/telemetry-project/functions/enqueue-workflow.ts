import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readQueues, readTaskTable } from '../../../../functions/env.ts';
import { chain, group, step } from '../../../../lib/index.ts';
import { createProducer } from '../../../../lib/producer.ts';
import { createTaskState } from '../../../../lib/state.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { flushTelemetry } from '../../../../lib/worker.ts';
import { nowhere, scripted } from './tasks/index.ts';

interface Order {
  kind: 'chain' | 'group';
  /** To a queue that is not there. */
  lost?: boolean;
}

const telemetry = await startTelemetry();
const producer = createProducer({
  queues: readQueues(),
  client: new SQSClient({}),
  telemetry,
  state: createTaskState({ table: readTaskTable() ?? '' }),
});

const flushed = middy<Order, string>()
  .use(flushTelemetry(telemetry))
  .handler(async ({ kind, lost }) => {
    const steps = [step(lost ? nowhere : scripted, { do: 'complete' })];
    const workflow = kind === 'chain' ? chain(steps) : group(steps);
    return producer.enqueueWorkflow(workflow).then(
      ({ id }) => id,
      (error: Error) => error.message,
    );
  });

export const handler: (order: Order, context: Context) => Promise<string> = (order, context) =>
  flushed(order, context);
