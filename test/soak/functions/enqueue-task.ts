import { SQSClient } from '@aws-sdk/client-sqs';
import { readQueues } from '../../../functions/env.ts';
import {
  createEnqueueHandler,
  createProducer,
  type EnqueueHandler,
} from '../../../lib/producer.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { soakTasks } from './tasks/soak-task.ts';

const telemetry = await startTelemetry();
const producer = createProducer({ queues: readQueues(), client: new SQSClient({}) });

export const handler: EnqueueHandler = createEnqueueHandler({
  tasks: soakTasks,
  producer,
  telemetry,
});
