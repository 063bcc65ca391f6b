import { COMPENSATION_STUCK } from 'sagaline/workflow';
import type { OrderState } from '../names';
import { EVENTS, REASONS } from '../names';

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

/** The inputs that come from steps, deadlines and people; events are inputs by their type. */
export const INPUTS = {
  'opened-by-notification': { kind: 'outcome', means: 'a notification has come before the order itself' },
  'entered-elsewhere': { kind: 'outcome', means: 'another saga has this order' },
  'step-refused': { kind: 'outcome', means: 'a step was refused: it had no effect' },
  'step-defect': { kind: 'outcome', means: 'a step has a defect: it is final, and nobody knows its effect' },
  'step-given-up': { kind: 'outcome', means: 'a step was given up: nobody knows its effect' },
  'stock-partial': { kind: 'outcome', means: 'only a part of the order is in stock' },
  'part-decided': { kind: 'person', means: 'the customer, or the default, takes the part that there is' },
  'wait-decided': { kind: 'person', means: 'the customer, or the default, waits for the rest' },
  'stock-reserved': { kind: 'outcome', means: 'all of the order is in stock now, and reserved' },
  'payment-refused': { kind: 'outcome', means: 'the payment was refused, and may be tried again' },
  'authorization-lost': {
    kind: 'outcome',
    means: 'the authorization is gone, or ends and cannot be renewed',
  },
  booked: { kind: 'outcome', means: 'the carrier is booked' },
  'dispatch-presumed': {
    kind: 'outcome',
    means: 'the delivery or the loss is known, the dispatch was never told',
  },
  'capture-refused': { kind: 'outcome', means: 'the payment cannot be taken' },
  'paid-by-hand': { kind: 'outcome', means: 'what was taken by hand has to be given back by hand' },
  'refund-failed': { kind: 'outcome', means: 'the payment cannot be given back' },
  arrived: { kind: 'outcome', means: 'the customer has the parcel' },
  'money-back': { kind: 'outcome', means: 'the parcel got lost, the customer has the money back' },
  'compensation-failed': { kind: 'outcome', means: 'a compensation fails for good' },
  'compensated-unconfirmed': { kind: 'outcome', means: 'all is compensated, the order was never confirmed' },
  'compensated-confirmed': { kind: 'outcome', means: 'all is compensated, the order was confirmed' },
  'compensated-meanwhile': {
    kind: 'outcome',
    means: 'a repair has compensated the order while its workflow was gone',
  },
  'compensated-for-customer': { kind: 'outcome', means: 'all is compensated, as the customer requested' },
  'submission-overdue': { kind: 'deadline', means: 'the order itself has not come in time' },
  'authorization-overdue': { kind: 'deadline', means: 'the payment provider has not decided in time' },
  'stock-undecided': {
    kind: 'deadline',
    means: 'nobody has decided about the stock, and the default is to cancel',
  },
  'restock-overdue': { kind: 'deadline', means: 'the stock has not come in time' },
  'payment-method-overdue': { kind: 'deadline', means: 'no other payment method was provided in time' },
  'dispatch-overdue': { kind: 'deadline', means: 'the carrier has not fetched the parcel in time' },
  'delivery-overdue': { kind: 'deadline', means: 'no delivery, and the carrier was asked' },
  'cancelled-in-ui': { kind: 'person', means: 'somebody has cancelled the workflow' },
  'payment-decided': { kind: 'person', means: 'a person has decided about the payment' },
  'compensation-decided': { kind: 'person', means: 'a person has decided about the compensation' },
} as const satisfies Record<string, { kind: 'outcome' | 'deadline' | 'person'; means: string }>;

type EventType = (typeof EVENTS)[keyof typeof EVENTS];
export type OrderInput = keyof typeof INPUTS | EventType;

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

/**
 * When several events are there at once, they are processed in this order, whatever the order in which they arrived:
 * facts go before requests, and a cancellation before an amendment of the order that it ends.
 */
export const BY_RANK: readonly EventType[] = [
  EVENTS.shipmentDispatched,
  EVENTS.shipmentDelivered,
  EVENTS.shipmentLost,
  EVENTS.paymentVoided,
  EVENTS.cancellationRequested,
  EVENTS.amendmentRequested,
];

/** The events that a state takes, or those that it refuses, by `verdict`. */
export function eventsAt(state: OrderMachineState, verdict: 'taken' | 'refused'): EventType[] {
  return Object.entries(table[state] ?? {})
    .filter(([input, target]) => !(input in INPUTS) && isRefusal(target) === (verdict === 'refused'))
    .map(([input]) => input as EventType);
}
