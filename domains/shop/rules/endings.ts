import type { FailureMeaning } from 'sagaline/workflow';
import { EVENTS, REASONS } from '../names';
import type { OrderInput } from './inputs';

/** Why a saga cannot be completed, as the engine's failure states it. */
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

/** The input of the state machine that compensates an order after this failure. */
export function causeOf({ kind, type }: Failure): OrderInput {
  return CAUSES[type] ?? BY_MEANING[kind];
}

/** The input of the state machine when all compensations of an order are done. */
export function compensatedInput({ type }: Failure, confirmed: boolean) {
  if (type === REASONS.cancelledByCustomer) return 'compensated-for-customer';
  return confirmed ? 'compensated-confirmed' : 'compensated-unconfirmed';
}
