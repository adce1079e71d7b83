import { setTimeout as delay } from 'node:timers/promises';
import { NonRetryableError } from '../../lib/index.ts';

export interface Order {
  id: string;
  items: readonly string[];
}

/** The shop's database. An order id that begins with "missing" does not exist. */
export async function fetchOrder(id: string, signal: AbortSignal): Promise<Order> {
  await delay(5, undefined, { signal });
  if (id.startsWith('missing')) throw new NonRetryableError(`Order ${id} does not exist.`);
  return { id, items: ['lead', 'line'] };
}

export async function packItem(_item: string, signal: AbortSignal): Promise<void> {
  await delay(5, undefined, { signal });
}

export async function notifyCustomer(_order: Order, signal: AbortSignal): Promise<void> {
  await delay(5, undefined, { signal });
}
