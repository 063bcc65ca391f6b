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
/** The carrier has the parcel: its booking can no longer be cancelled. */
const left = {
  calls: ['cancel'],
  status: 409,
  means: 'refused',
  as: REFUSALS.parcelDispatched,
  customer: 'nothing',
} as const;

/** What the carrier's answers mean. provider-answers.ts has the defaults for every other answer. */
export const CARRIER_ANSWERS: readonly AnswerRow<CarrierCall>[] = [
  { ...refusedBooking, code: 'parcel_not_accepted', as: REFUSALS.parcelNotAccepted },
  { ...refusedBooking, as: REFUSALS.addressNotServed },
  { ...left, code: 'shipment_dispatched' },
  { ...left, code: 'shipment_delivered' },
  { ...left, code: 'shipment_lost' },
  // No shipment exists under the id.
  { calls: ['look'], status: 404, code: 'resource_missing', means: 'done' },
  // The shipment is cancelled already, by a person at the carrier for example: nothing is left to cancel.
  { calls: ['cancel'], status: 409, code: 'shipment_canceled', means: 'done' },
  // Our key was used for another booking: only a person can find out for what.
  { status: 422, code: 'key_reused', means: 'defect', effect: 'unknown' },
];
