import * as z from 'zod/mini';
import { defineTask, type Task } from '../../../../../lib/index.ts';

const retry = { maxAttempts: 3, minDelaySeconds: 1, maxDelaySeconds: 1 };

/** Returns a receipt. */
export const charge = defineTask({
  name: 'charge',
  payload: z.object({ order: z.string() }),
  retry,
  idempotent: true,
  http: true,
});

/** Its first attempt hangs, and heeds no signal. */
export const hangOnce = defineTask({
  name: 'hang_once',
  payload: z.object({}),
  retry,
  idempotent: true,
  http: true,
});

/** Waits for its signal. */
export const patient = defineTask({ name: 'patient', payload: z.object({}), retry, http: true });

/** The steps of a chain: a quote of an order, its price, and the invoice of both. */
export const quote = defineTask({
  name: 'quote',
  payload: z.object({ order: z.string() }),
  retry,
  enqueues: ['price'],
});
export const price = defineTask({
  name: 'price',
  payload: z.object({ order: z.string(), items: z.number() }),
  retry,
  enqueues: ['invoice'],
});
export const invoice = defineTask({
  name: 'invoice',
  payload: z.object({ copies: z.number(), amount: z.number() }),
  retry,
});

/** The members of a group, and what comes after them. */
export const count = defineTask({
  name: 'count',
  payload: z.object({ number: z.number() }),
  retry,
  timeoutSeconds: 3,
  enqueues: ['sum'],
});
export const sum = defineTask({ name: 'sum', payload: z.array(z.number()), retry });

export const tasks: readonly Task[] = [
  charge,
  hangOnce,
  patient,
  quote,
  price,
  invoice,
  count,
  sum,
];
