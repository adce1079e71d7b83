import { setTimeout as delay } from 'node:timers/promises';
import {
  implementTask,
  NonRetryableError,
  type TaskImplementation,
} from '../../../../../lib/index.ts';
import { charge, count, hangOnce, invoice, patient, price, quote, sum } from './index.ts';

export const implementations: readonly TaskImplementation[] = [
  implementTask(charge, ({ order }, { log }) => {
    log.info('charged');
    return { receipt: `of ${order}` };
  }),
  implementTask(hangOnce, async (_, { attempt }) => {
    if (attempt === 1) await delay(60_000);
    return attempt;
  }),
  implementTask(
    patient,
    (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  ),
  implementTask(quote, ({ order }) => ({ order, items: order.length })),
  implementTask(price, ({ order, items }) => {
    if (order === 'unknown') throw new NonRetryableError('no price for it');
    return items * 10;
  }),
  implementTask(invoice, ({ copies, amount }) => `${copies} × ${amount}`),
  implementTask(count, async ({ number }, { log }) => {
    await delay(200);
    log.info('counted');
    return number;
  }),
  implementTask(sum, (numbers) => ({ numbers, sum: numbers.reduce((a, b) => a + b, 0) })),
];
