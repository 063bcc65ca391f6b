import { EVENTS } from '../names';

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

/** The type of an event of the shop. */
export type EventType = (typeof EVENTS)[keyof typeof EVENTS];

/** All inputs of the order's state machine. */
export type OrderInput = keyof typeof INPUTS | EventType;

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
