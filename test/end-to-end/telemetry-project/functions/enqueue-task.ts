import { SQSClient } from '@aws-sdk/client-sqs';
import { readQueues, readTaskTable } from '../../../../functions/env.ts';
import {
  createEnqueueHandler,
  createProducer,
  type EnqueueHandler,
} from '../../../../lib/producer.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'after-response' });
const table = readTaskTable();
const state = table
  ? { state: (await import('../../../../lib/state.ts')).createTaskState({ table }) }
  : {};
const producer = createProducer({
  queues: readQueues(),
  client: new SQSClient({}),
  telemetry,
  ...state,
});

/** `POST /tasks/{task}` */
export const handler: EnqueueHandler = createEnqueueHandler({
  tasks,
  producer,
  telemetry,
  ...state,
});
