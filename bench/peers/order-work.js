// What every peer does for a message: the decoding and the sample task's work, without a span.
import * as z from 'zod/mini';
import { fetchOrder, notifyCustomer, packItem } from '../../functions/tasks/shop.ts';

const payloadSchema = z.object({ order_id: z.string().check(z.minLength(1)) });

export function decode(record) {
  const { id, task, payload, enqueued_at } = JSON.parse(record.body);
  if (task !== 'process_order') throw new Error(`No task ${task}`);
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  return { id, task, attempt, enqueuedAt: enqueued_at, payload: payloadSchema.parse(payload) };
}

/** `inSpan` runs a step; the peers with spans hand one in that wraps it. */
export async function processOrder({ order_id }, log, inSpan = (_name, step) => step()) {
  const { signal } = new AbortController();
  const order = await inSpan('fetch_order', () => fetchOrder(order_id, signal));
  await inSpan('validate_order', () => {
    if (order.items.length === 0) throw new Error(`Order ${order.id} has no items.`);
  });
  await inSpan('process_items', async (span) => {
    span?.setAttribute('order.items', order.items.length);
    for (const item of order.items) await packItem(item, signal);
  });
  await inSpan('send_notification', () => notifyCustomer(order, signal));
  log('order processed', { 'order.id': order_id, 'order.items': order.items.length });
}
