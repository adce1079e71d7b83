import { trace } from '@opentelemetry/api';
import { implementTask, NonRetryableError } from '../../lib/index.ts';
import { chargeCard, sendReceipt } from './card-gateway.ts';
import { inSpan } from './in-span.ts';
import { processPayment } from './process-payment.ts';

export const runProcessPayment = implementTask(
  processPayment,
  async ({ payment_id, amount }, { attempt, log, signal }) => {
    trace.getActiveSpan()?.setAttributes({ 'payment.id': payment_id, 'payment.amount': amount });
    await inSpan('validate_payment', () => {
      if (amount > 10_000) throw new NonRetryableError(`${amount} is over the limit of 10000.`);
    });
    const transactionId = await inSpan('charge_card', async (span) => {
      const id = await chargeCard({ paymentId: payment_id, amount, attempt, signal });
      span.setAttribute('transaction.id', id);
      return id;
    });
    await inSpan('send_confirmation', () => sendReceipt(payment_id, signal));
    log.info('payment charged', { 'payment.id': payment_id, 'transaction.id': transactionId });
    return { transaction_id: transactionId };
  },
);
