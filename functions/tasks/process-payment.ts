import * as z from 'zod/mini';
import { defineTask } from '../../lib/index.ts';

export const processPayment = defineTask({
  name: 'process_payment',
  queue: 'default',
  payload: z.object({
    payment_id: z.string().check(z.minLength(1)),
    amount: z.number().check(z.positive()),
  }),
  retry: { maxAttempts: 5 },
  http: true,
});
