// Powertools for AWS Lambda: batch and logger. Nothing is exported: for orientation only.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { createRun } from './powertools-run.js';

const logger = new Logger({ serviceName: 'bench' });
const processor = new BatchProcessor(EventType.SQS);
const run = createRun(logger);
let cold = true;

export async function handler(event, context) {
  logger.addContext(context);
  if (cold) logger.info('worker ready', { tasks: ['process_order'] });
  cold = false;
  return processPartialResponse(event, run, processor, { context });
}
