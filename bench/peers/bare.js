// The task without telemetry: what a careful team writes by hand.
import { decode, processOrder } from './order-work.js';
import { createLog } from './write-log.js';

let cold = true;

export async function handler(event, context) {
  const { awsRequestId } = context;
  if (cold) createLog(awsRequestId)('worker ready', { tasks: ['process_order'] });
  cold = false;
  const failed = await Promise.all(event.Records.map((record) => run(record, awsRequestId)));
  return { batchItemFailures: failed.flat() };
}

async function run(record, requestId) {
  try {
    const message = decode(record);
    const log = createLog(requestId, message);
    const start = Date.now();
    log('task starting');
    await processOrder(message.payload, log);
    log('task completed', { duration_ms: Date.now() - start });
    return [];
  } catch {
    return [{ itemIdentifier: record.messageId }];
  }
}
