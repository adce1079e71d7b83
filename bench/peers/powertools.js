// Powertools for AWS Lambda: batch and logger. Nothing is exported: for orientation only.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { decode, processOrder } from './order-work.js';

const logger = new Logger({ serviceName: 'bench' });
const processor = new BatchProcessor(EventType.SQS);
let cold = true;

export async function handler(event, context) {
  logger.addContext(context);
  if (cold) logger.info('worker ready', { tasks: ['process_order'] });
  cold = false;
  return processPartialResponse(event, run, processor, { context });
}

async function run(record) {
  const message = decode(record);
  const labels = { 'task.id': message.id, 'task.name': message.task, 'queue.name': 'default' };
  const log = (text, attributes) =>
    logger.info(text, { ...labels, 'task.attempt': message.attempt, ...attributes });
  const start = Date.now();
  log('task starting');
  await processOrder(message.payload, log);
  log('task completed', { duration_ms: Date.now() - start });
}
