import * as z from 'zod/mini';
import { defineTask } from '../../lib/index.ts';

export const processOrder = defineTask({
  name: 'process_order',
  queue: 'default',
  payload: z.object({ order_id: z.string().check(z.minLength(1)) }),
  retry: { maxAttempts: 5 },
  http: true,
});
