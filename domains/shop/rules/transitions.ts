import { COMPENSATION_STUCK } from 'sagaline/workflow';
import type { OrderState } from '../names';
import { EVENTS, REASONS } from '../names';
import type { EventType, OrderInput } from './inputs';
import { INPUTS } from './inputs';

/**
 * The order's states and the transitions between them. The workflow changes its state only by this table, and
 * docs/order.md is generated from it. An event that a state does not name is kept until a later state takes it; an event that
 * is still there when the order ends is refused (a request) or becomes a dead letter (a notification). Any other input that
 * a state does not name is a defect of ours.
 */

/** The order never arrived: the workflow fails, and the events that it kept go to the dead letters. */
export const UNMATCHED = 'unmatched';

/** Return to the state before: a compensation may fail while the order is compensated, or only an amendment of it. */
export const BACK = 'back';

/** The states of an order's saga: the order's own, the engine's, and the failed workflow. */
export type OrderMachineState = OrderState | typeof COMPENSATION_STUCK | typeof UNMATCHED;

/** The event changes nothing, and its sender gets the reason. */
export interface Refusal {
  readonly refused: string;
}

type Transitions = Readonly<Partial<Record<OrderInput, OrderMachineState | Refusal | typeof BACK>>>;

const tooLate: Refusal = { refused: REASONS.tooLate };

export const TRANSITIONS = {
  'awaiting-submission': {
    [EVENTS.orderSubmitted]: 'placing',
    'submission-overdue': UNMATCHED,
    'cancelled-in-ui': UNMATCHED,
  },
  placing: {
    [EVENTS.paymentAuthorized]: 'placing',
    [EVENTS.paymentDeclined]: 'placing',
    [EVENTS.paymentVoided]: 'placing',
    [EVENTS.cancellationRequested]: 'compensating',
    [EVENTS.amendmentRequested]: 'placing',
    'opened-by-notification': 'awaiting-submission',
    'entered-elsewhere': 'duplicate',
    'stock-partial': 'awaiting-stock-decision',
    'payment-refused': 'awaiting-payment-method',
    'authorization-lost': 'awaiting-payment-method',
    'step-refused': 'compensating',
    'step-defect': 'compensating',
    'step-given-up': 'compensating',
    'authorization-overdue': 'compensating',
    'cancelled-in-ui': 'compensating',
    'compensation-failed': COMPENSATION_STUCK,
    booked: 'awaiting-dispatch',
  },
  'awaiting-stock-decision': {
    [EVENTS.partialStockDecided]: 'awaiting-stock-decision',
    [EVENTS.paymentVoided]: 'awaiting-stock-decision',
    [EVENTS.cancellationRequested]: 'compensating',
    'part-decided': 'placing',
    'wait-decided': 'awaiting-stock',
    'stock-undecided': 'compensating',
    'cancelled-in-ui': 'compensating',
  },
  'awaiting-stock': {
    [EVENTS.paymentVoided]: 'awaiting-stock',
    [EVENTS.cancellationRequested]: 'compensating',
    'stock-reserved': 'placing',
    'restock-overdue': 'compensating',
    'step-defect': 'compensating',
    'step-given-up': 'compensating',
    'cancelled-in-ui': 'compensating',
  },
  'awaiting-payment-method': {
    [EVENTS.paymentMethodProvided]: 'placing',
    [EVENTS.cancellationRequested]: 'compensating',
    'payment-method-overdue': 'compensating',
    'cancelled-in-ui': 'compensating',
  },
  'awaiting-dispatch': {
    [EVENTS.shipmentDispatched]: 'awaiting-delivery',
    [EVENTS.paymentVoided]: 'awaiting-dispatch',
    'authorization-lost': 'awaiting-payment-method',
    'step-refused': 'compensating',
    'step-defect': 'compensating',
    [EVENTS.cancellationRequested]: 'compensating',
    [EVENTS.amendmentRequested]: 'awaiting-dispatch',
    'compensation-failed': COMPENSATION_STUCK,
    'dispatch-presumed': 'awaiting-delivery',
    'dispatch-overdue': 'compensating',
    'cancelled-in-ui': 'compensating',
  },
  'awaiting-delivery': {
    [EVENTS.shipmentDelivered]: 'awaiting-delivery',
    [EVENTS.shipmentLost]: 'awaiting-delivery',
    [EVENTS.cancellationRequested]: tooLate,
    [EVENTS.amendmentRequested]: tooLate,
    'capture-refused': 'awaiting-decision',
    'paid-by-hand': 'awaiting-decision',
    'refund-failed': 'awaiting-decision',
    'delivery-overdue': 'awaiting-decision',
    'compensated-meanwhile': 'compensated',
    arrived: 'completed',
    'money-back': 'refunded',
  },
  'awaiting-decision': {
    [EVENTS.shipmentDelivered]: 'awaiting-decision',
    [EVENTS.shipmentLost]: 'awaiting-decision',
    [EVENTS.cancellationRequested]: tooLate,
    [EVENTS.amendmentRequested]: tooLate,
    'paid-by-hand': 'awaiting-decision',
    'refund-failed': 'awaiting-decision',
    'payment-decided': 'awaiting-delivery',
    arrived: 'completed',
    'money-back': 'refunded',
  },
  compensating: {
    [EVENTS.cancellationRequested]: tooLate,
    [EVENTS.amendmentRequested]: tooLate,
    'compensation-failed': COMPENSATION_STUCK,
    'compensated-unconfirmed': 'rejected',
    'compensated-confirmed': 'compensated',
    'compensated-for-customer': 'cancelled',
    'compensated-meanwhile': 'compensated',
  },
  [COMPENSATION_STUCK]: {
    'compensation-decided': BACK,
  },
} as const satisfies Readonly<Partial<Record<OrderMachineState, Transitions>>>;

const table: Readonly<Partial<Record<OrderMachineState, Transitions>>> = TRANSITIONS;

/**
 * What an input leads to in a state. `undefined`: nothing; an event is then kept for a later state.
 */
export function transition(
  from: OrderMachineState,
  input: OrderInput,
): OrderMachineState | Refusal | typeof BACK | undefined {
  return table[from]?.[input];
}

export function isRefusal(target: OrderMachineState | Refusal | typeof BACK | undefined): target is Refusal {
  return typeof target === 'object';
}

/** The events that a state takes, or those that it refuses, by `verdict`. */
export function eventsAt(state: OrderMachineState, verdict: 'taken' | 'refused'): EventType[] {
  return Object.entries(table[state] ?? {})
    .filter(([input, target]) => !(input in INPUTS) && isRefusal(target) === (verdict === 'refused'))
    .map(([input]) => input as EventType);
}
