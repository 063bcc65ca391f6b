import { REFUSALS } from '../../domains/shop/names';
import type { AnswerRow } from './provider-answers';

export type CarrierCall = 'book' | 'cancel' | 'ask' | 'look';

const refusedBooking = {
  calls: ['book'],
  status: 422,
  type: 'shipment_refused',
  means: 'refused',
  customer: 'nothing',
} as const;
/** The carrier has the parcel: its booking cannot be cancelled any more. */
const left = {
  calls: ['cancel'],
  status: 409,
  means: 'refused',
  as: REFUSALS.parcelDispatched,
  customer: 'nothing',
} as const;

/** What the carrier's answers mean. What is not here is in the defaults of provider-answers.ts. */
export const CARRIER_ANSWERS: readonly AnswerRow<CarrierCall>[] = [
  { ...refusedBooking, code: 'parcel_not_accepted', as: REFUSALS.parcelNotAccepted },
  { ...refusedBooking, as: REFUSALS.addressNotServed },
  { ...left, code: 'shipment_dispatched' },
  { ...left, code: 'shipment_delivered' },
  { ...left, code: 'shipment_lost' },
  // What is looked for by its id is not there.
  { calls: ['look'], status: 404, code: 'resource_missing', means: 'done' },
  // Cancelled by someone else, a person at the carrier for example: there is nothing left to cancel.
  { calls: ['cancel'], status: 409, code: 'shipment_canceled', means: 'done' },
  // Under our key something else was booked: nobody but a person can tell what.
  { status: 422, code: 'key_reused', means: 'defect', effect: 'unknown' },
];
