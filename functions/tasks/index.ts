import type { Task } from '../../lib/index.ts';
import { processOrder } from './process-order.ts';
import { processPayment } from './process-payment.ts';

/** Every contract: what can be enqueued, and what the worker has to implement. */
export const tasks: readonly Task[] = [processOrder, processPayment];
