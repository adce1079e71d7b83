import { SQSClient } from '@aws-sdk/client-sqs';
import { createEnqueueHandler, createProducer, type EnqueueHandler } from '../lib/producer.ts';
import { startTelemetry } from '../lib/telemetry.ts';
import { readQueues, readScheduler, readTaskTable } from './env.ts';
import { tasks } from './tasks/index.ts';

const table = readTaskTable();
// Without a table nothing of it is loaded. First, so that the client of DynamoDB loads while telemetry
// starts: later it would load in the first invocation.
const state = table ? (await import('../lib/state.ts')).createTaskState({ table }) : undefined;
const telemetry = await startTelemetry({ flush: 'after-response' });
const scheduler = readScheduler();
const producer = createProducer({
  queues: readQueues(),
  client: new SQSClient({}),
  telemetry,
  ...(scheduler && { scheduler }),
  ...(state && { state }),
});

/** `POST /tasks/{task}`, and with task state `GET` and `DELETE` of `/tasks/{id}` */
export const handler: EnqueueHandler = createEnqueueHandler({
  tasks,
  producer,
  telemetry,
  ...(state && { state }),
});
