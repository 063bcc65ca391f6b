import type { FailureMeaning } from 'sagaline/workflow';
import { EVENTS, REASONS } from '../names';
import type { OrderInput } from './transitions';

/** Why a saga cannot reach its end: as the engine's failure has it. */
interface Failure {
  readonly kind: FailureMeaning;
  readonly type: string;
}

const CAUSES: Readonly<Record<string, OrderInput>> = {
  [REASONS.cancelledByCustomer]: EVENTS.cancellationRequested,
  [REASONS.authorizationOverdue]: 'authorization-overdue',
  [REASONS.stockUndecided]: 'stock-undecided',
  [REASONS.restockOverdue]: 'restock-overdue',
  [REASONS.paymentMethodOverdue]: 'payment-method-overdue',
  [REASONS.dispatchOverdue]: 'dispatch-overdue',
  [REASONS.cancelledInUi]: 'cancelled-in-ui',
};

const BY_MEANING = {
  refused: 'step-refused',
  defect: 'step-defect',
  unknown: 'step-given-up',
} as const satisfies Record<FailureMeaning, OrderInput>;

/** The input for which an order is compensated. */
export function causeOf({ kind, type }: Failure): OrderInput {
  return CAUSES[type] ?? BY_MEANING[kind];
}

/** What an order has come to when all is compensated. */
export function compensatedInput({ type }: Failure, confirmed: boolean) {
  if (type === REASONS.cancelledByCustomer) return 'compensated-for-customer';
  return confirmed ? 'compensated-confirmed' : 'compensated-unconfirmed';
}
