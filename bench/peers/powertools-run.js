import { decode, processOrder } from './order-work.js';

/** What the peers with Powertools do for a record, with its logger. */
export function createRun(logger) {
  return async (record) => {
    const message = decode(record);
    const labels = { 'task.id': message.id, 'task.name': message.task, 'queue.name': 'default' };
    const log = (text, attributes) =>
      logger.info(text, { ...labels, 'task.attempt': message.attempt, ...attributes });
    const start = Date.now();
    log('task starting');
    await processOrder(message.payload, log);
    log('task completed', { duration_ms: Date.now() - start });
  };
}
