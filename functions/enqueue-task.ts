import { SQSClient } from '@aws-sdk/client-sqs';
import { createEnqueueHandler, createProducer, type EnqueueHandler } from '../lib/producer.ts';
import { startTelemetry } from '../lib/telemetry.ts';
import { readQueues, readScheduler } from './env.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'after-response' });
const scheduler = readScheduler();
const producer = createProducer({
  queues: readQueues(),
  client: new SQSClient({}),
  telemetry,
  ...(scheduler && { scheduler }),
});

/** `POST /tasks/{task}` */
export const handler: EnqueueHandler = createEnqueueHandler({ tasks, producer, telemetry });
