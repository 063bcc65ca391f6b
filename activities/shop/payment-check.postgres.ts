import type { Database } from 'sagaline/activities';
import { stepsOfProcess } from 'sagaline/activities';
import type { PaymentRecord } from '../../domains/shop/rules/provider-books';
import type { PaymentBooks } from './payment-check';

const RECORDS = `
  select payment_id, order_id, state, amount, currency, captured, refunded, updated_at from payments.payments`;

interface Row {
  readonly payment_id: string;
  readonly order_id: string;
  readonly state: string;
  readonly currency: string;
  readonly updated_at: Date;
  /** A `bigint`, hence a string; `captured` and `refunded`, too. */
  readonly amount: string;
  readonly captured: string;
  readonly refunded: string;
}

export function createPostgresPaymentBooks(database: Database): PaymentBooks {
  return {
    recordsOf: async (paymentIds) =>
      (await database.query<Row>(`${RECORDS} where payment_id = any($1)`, [paymentIds])).map(recordOf),
    ofOrder: async (orderId) =>
      (await database.query<Row>(`${RECORDS} where order_id = $1 order by payment_id`, [orderId])).map(
        recordOf,
      ),
    isAsking: async (orderId) =>
      (await stepsOfProcess(database, orderId)).some(
        ({ key, state }) =>
          key.startsWith(`${orderId}:authorizePayment:`) && (state === 'begun' || state === 'compensating'),
      ),
  };
}

function recordOf({ payment_id, order_id, updated_at, ...row }: Row): PaymentRecord {
  return {
    paymentId: payment_id,
    orderId: order_id,
    state: row.state,
    currency: row.currency,
    amount: Number(row.amount),
    captured: Number(row.captured),
    refunded: Number(row.refunded),
    changedAt: updated_at.getTime(),
  };
}
