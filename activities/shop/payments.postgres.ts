import type { Database } from '../../src/adapters/postgres';
import { doOnce, performOnce, reverseOnce } from '../../src/effects';
import type { Authorization, PaymentProvider, Payments } from './payments';

/** Payments at a provider, with their record in PostgreSQL. */
export function createPayments(database: Database, provider: PaymentProvider): Payments {
  return {
    authorizePayment: (request) =>
      performOnce(database, {
        key: request.key,
        request,
        find: () => provider.findByKey(request.key),
        call: () => provider.authorize(request),
        record: async (tx, { paymentId, state }) => {
          await tx.query(
            `insert into payments.payments (payment_id, order_id, state, amount, currency)
             values ($1, $2, $3, $4, $5)`,
            [paymentId, request.orderId, state, request.total.amount, request.total.currency],
          );
        },
      }),

    // Of what is not pending any more more is known already: it was voided meanwhile, for example.
    recordAuthorization: ({ key, paymentId, state }) =>
      doOnce(database, key, async (tx) => {
        await tx.query(
          `update payments.payments set state = $2, updated_at = now()
            where payment_id = $1 and state = 'pending'`,
          [paymentId, state],
        );
      }),

    voidPayment: ({ undoes: request }) => {
      let ended: 'voided' | 'declined' = 'voided';
      return reverseOnce<Pick<Authorization, 'paymentId'>>(database, {
        key: request.key,
        find: async () => {
          const paymentId = await provider.findToCancel(request.key);
          return paymentId === undefined ? undefined : { paymentId };
        },
        claim: () => provider.authorize(request),
        reverse: async ({ paymentId }) => {
          ended = await provider.cancel({ key: `${request.key}:undo`, paymentId });
        },
        record: async (tx, { paymentId }) => {
          await tx.query(
            `insert into payments.payments (payment_id, order_id, state, amount, currency)
             values ($1, $2, $3, $4, $5)
             on conflict (payment_id) do update set state = excluded.state, updated_at = now()`,
            [paymentId, request.orderId, ended, request.total.amount, request.total.currency],
          );
        },
      });
    },

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
            `update payments.payments set state = 'captured', captured = $2, updated_at = now()
              where payment_id = $1`,
            [paymentId, total.amount],
          );
        },
      }).then(() => undefined),

    refundPayment: ({ key, paymentId, total }) =>
      performOnce<null>(database, {
        key,
        find: async () => ((await provider.isRefunded(paymentId)) ? null : undefined),
        call: async () => {
          await provider.refund({ key, paymentId, amount: total.amount });
          return null;
        },
        record: async (tx) => {
          await tx.query(
            `update payments.payments
                set refunded = refunded + $2, updated_at = now(),
                    state = case when refunded + $2 = captured then 'refunded' else state end
              where payment_id = $1`,
            [paymentId, total.amount],
          );
        },
      }).then(() => undefined),
  };
}
