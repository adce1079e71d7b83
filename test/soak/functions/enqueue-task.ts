import { SQSClient } from '@aws-sdk/client-sqs';
import { readQueues, readTaskTable } from '../../../functions/env.ts';
import {
  createEnqueueHandler,
  createProducer,
  type EnqueueHandler,
} from '../../../lib/producer.ts';
import { createTaskState } from '../../../lib/state.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { soakTasks } from './tasks/soak-task.ts';

const telemetry = await startTelemetry();
const state = createTaskState({ table: readTaskTable() ?? '' });
const producer = createProducer({ queues: readQueues(), client: new SQSClient({}), state });

export const handler: EnqueueHandler = createEnqueueHandler({
  tasks: soakTasks,
  producer,
  telemetry,
  state,
});
