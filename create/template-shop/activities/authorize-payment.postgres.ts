import type { Database } from 'sagaline/activities';
import { performOnce } from 'sagaline/activities';
import type { AuthorizePayment, PaymentProvider } from './authorize-payment';

/** The intent is written before the call: an attempt that follows a lost answer asks the provider first. */
export function createAuthorizePayment(database: Database, provider: PaymentProvider): AuthorizePayment {
  return {
    authorizePayment: async (payment) => {
      await performOnce(database, {
        key: payment.key,
        request: { orderId: payment.orderId, amount: payment.amount },
        find: () => provider.find(payment.key),
        call: () => provider.authorize(payment),
        record: async (tx, paymentId) => {
          await tx.query('insert into shop.payments (payment_id, order_id, amount) values ($1, $2, $3)', [
            paymentId,
            payment.orderId,
            payment.amount,
          ]);
        },
      });
    },
  };
}
