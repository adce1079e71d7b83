import { trace } from '@opentelemetry/api';
import { implementTask, NonRetryableError } from '../../lib/index.ts';
import { inSpan } from './in-span.ts';
import { processOrder } from './process-order.ts';
import { fetchOrder, notifyCustomer, type Order, packItem } from './shop.ts';

export const runProcessOrder = implementTask(
  processOrder,
  async ({ order_id }, { log, signal }) => {
    const order = await inSpan('fetch_order', () => fetchOrder(order_id, signal));
    await inSpan('validate_order', () => validate(order));
    await inSpan('process_items', async () => {
      trace.getActiveSpan()?.setAttribute('order.items', order.items.length);
      for (const item of order.items) await packItem(item, signal);
    });
    await inSpan('send_notification', () => notifyCustomer(order, signal));
    log.info('order processed', { 'order.id': order_id, 'order.items': order.items.length });
    return { items: order.items.length };
  },
);

function validate(order: Order): void {
  if (order.items.length === 0) throw new NonRetryableError(`Order ${order.id} has no items.`);
}
