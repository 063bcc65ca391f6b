import type { Database } from 'sagaline/activities';
import type { PersonalData } from 'sagaline';
import { RefusalError } from 'sagaline';
import { REFUSALS } from '../../domains/shop/names';
import { standingOf } from '../../domains/shop/rules/confirmation';
import { performOnce, reverseOnce } from 'sagaline/activities';
import type { Authorization, AuthorizePayment, PaymentProvider, Payments } from './payments';

/** Payments at a provider, with their record in PostgreSQL. */
export function createPayments(
  database: Database,
  provider: PaymentProvider,
  { open }: PersonalData,
): Payments {
  const inClear = async (request: AuthorizePayment) => ({
    ...request,
    paymentToken: await open(request.paymentToken),
  });
  return {
    authorizePayment: async (request) => {
      const authorization = await inClear(request);
      return performOnce(database, {
        key: request.key,
        request,
        usedUp: ['paymentToken'],
        find: () => provider.findByKey(request.key),
        call: () => provider.authorize(authorization),
        record: async (tx, { paymentId, state }) => {
          await tx.query(
            `insert into payments.payments (payment_id, order_id, state, amount, currency)
             values ($1, $2, $3, $4, $5)`,
            [paymentId, request.orderId, state, request.total.amount, request.total.currency],
          );
        },
      });
    },

    confirmPayment: async (known) => {
      const found = await provider.paymentOf(known.paymentId);
      const standing = standingOf(known, found);
      const isDecided = standing.state === 'authorized' || standing.state === 'declined';
      if (isDecided || standing.state === 'voided') {
        // Only a pending payment is decided, and only a pending or authorised one is voided: a late attempt finds a later
        // state, and changes nothing.
        await database.query(
          `update payments.payments set state = $2, updated_at = now()
            where payment_id = $1 and state = any($3)`,
          [known.paymentId, standing.state, isDecided ? ['pending'] : ['pending', 'authorized']],
        );
      }
      if (standing.state === 'captured' || standing.state === 'refunded') {
        // Records a refund that was made at the provider. A lost dispute is not a refund in its books; reconciliation reports it.
        await database.query(
          `update payments.payments
              set refunded = least(captured, $2), updated_at = now(),
                  state = case when captured > 0 and $2 >= captured then 'refunded' else state end
            where payment_id = $1 and state = 'captured' and refunded < $2`,
          [known.paymentId, found?.refunded ?? 0],
        );
      }
      return standing;
    },

    renewPayment: ({ key, paymentId }) =>
      performOnce(database, {
        key,
        // The provider remembers the key: a repeat of the call does not renew twice.
        find: () => Promise.resolve(undefined),
        call: () => provider.reauthorize({ key, paymentId }),
        record: () => Promise.resolve(),
      }),

    voidPayment: ({ undoes: request }) => {
      let ended: 'voided' | 'declined' = 'voided';
      return reverseOnce<Pick<Authorization, 'paymentId'>>(database, {
        key: request.key,
        find: async () => {
          const paymentId = await provider.findToCancel(request.key);
          return paymentId === undefined ? undefined : { paymentId };
        },
        usedUp: ['paymentToken'],
        claim: async () => provider.authorize(await inClear(request)),
        reverse: async ({ paymentId }) => {
          ended = await provider.cancel({ key: `${request.key}:compensate`, paymentId });
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
      }).then(
        () => undefined,
        async (error: unknown) => {
          // Also on a repeat: an attempt may have ended after the refusal and before this update.
          if (error instanceof RefusalError && error.type === REFUSALS.paymentVoided) {
            await database.query(
              `update payments.payments set state = 'voided', updated_at = now()
                where payment_id = $1 and state = 'authorized'`,
              [paymentId],
            );
          }
          throw error;
        },
      ),

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
                set refunded = least(captured, refunded + $2), updated_at = now(),
                    state = case when refunded + $2 >= captured then 'refunded' else state end
              where payment_id = $1`,
            [paymentId, total.amount],
          );
        },
      }).then(() => undefined),
  };
}
