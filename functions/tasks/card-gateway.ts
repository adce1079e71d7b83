import { setTimeout as delay } from 'node:timers/promises';
import { NonRetryableError } from '../../lib/index.ts';

export interface Charge {
  paymentId: string;
  amount: number;
  attempt: number;
  signal: AbortSignal;
}

/** What a gateway that does not answer in time looks like to its caller. */
class GatewayTimeout extends Error {
  override readonly name: string = 'GatewayTimeout';
}

/**
 * The card company, with its moods by payment id: "flaky" times out in attempts 1 and 2,
 * "declined" never succeeds, "slow" takes a minute.
 */
export async function chargeCard({ paymentId, attempt, signal }: Charge): Promise<string> {
  await delay(paymentId.startsWith('slow') ? 60_000 : 10, undefined, { signal });
  if (paymentId.startsWith('declined')) {
    throw new NonRetryableError(`The card of payment ${paymentId} was declined.`);
  }
  if (paymentId.startsWith('flaky') && attempt <= 2) {
    throw new GatewayTimeout(`The gateway did not answer in attempt ${attempt}.`);
  }
  return `txn_${paymentId}_${attempt}`;
}

export async function sendReceipt(_paymentId: string, signal: AbortSignal): Promise<void> {
  await delay(5, undefined, { signal });
}
