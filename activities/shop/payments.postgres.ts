import type { Database } from '../../src/adapters/postgres';
import { performOnce, reverseOnce } from '../../src/effects';
import type { PaymentProvider, Payments } from './payments';

/** Payments at a provider, with their record in PostgreSQL. */
export function createPayments(database: Database, provider: PaymentProvider): Payments {
  return {
    authorizePayment: (request) =>
      performOnce(database, {
        key: request.key,
        find: () => provider.findByKey(request.key),
        call: () => provider.authorize(request),
        record: async (tx, { paymentId }) => {
          await tx.query(
            `insert into payments.payments (payment_id, order_id, state, amount, currency)
             values ($1, $2, 'authorized', $3, $4)`,
            [paymentId, request.orderId, request.total.amount, request.total.currency],
          );
        },
      }),

    voidPayment: ({ undoes: request }) =>
      reverseOnce<{ paymentId: string }>(database, {
        key: request.key,
        find: () => provider.findByKey(request.key),
        claim: () => provider.authorize(request),
        reverse: ({ paymentId }) => provider.cancel({ key: `${request.key}:undo`, paymentId }),
        record: async (tx, { paymentId }) => {
          await tx.query(
            `insert into payments.payments (payment_id, order_id, state, amount, currency)
             values ($1, $2, 'voided', $3, $4)
             on conflict (payment_id) do update set state = 'voided', updated_at = now()`,
            [paymentId, request.orderId, request.total.amount, request.total.currency],
          );
        },
      }),

    capturePayment: ({ key, paymentId, total }) =>
      performOnce<null>(database, {
        key,
        find: async () => ((await provider.isCaptured(paymentId)) ? null : undefined),
        call: async () => {
          await provider.capture({ key, paymentId, amount: total.amount });
          return null;
        },
        record: async (tx) => {
          await tx.query(
            `update payments.payments set state = 'captured', captured = amount, updated_at = now()
              where payment_id = $1`,
            [paymentId],
          );
        },
      }).then(() => undefined),
  };
}
