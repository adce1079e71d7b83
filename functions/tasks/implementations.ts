import type { TaskImplementation } from '../../lib/index.ts';
import { runProcessOrder } from './process-order.run.ts';
import { runProcessPayment } from './process-payment.run.ts';

/** The work of every task. Only the worker imports this. */
export const implementations: readonly TaskImplementation[] = [runProcessOrder, runProcessPayment];
