// Powertools' batch and logger with its idempotency around each record's work, as its documentation
// has it for batches: keyed by the message id, with the invocation's time registered.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { createRun } from './powertools-run.js';

const logger = new Logger({ serviceName: 'bench' });
const processor = new BatchProcessor(EventType.SQS);
const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId' });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.TASK_TABLE });
const run = makeIdempotent(createRun(logger), { persistenceStore, config });
let cold = true;

export async function handler(event, context) {
  config.registerLambdaContext(context);
  logger.addContext(context);
  if (cold) logger.info('worker ready', { tasks: ['process_order'] });
  cold = false;
  return processPartialResponse(event, run, processor, { context });
}
