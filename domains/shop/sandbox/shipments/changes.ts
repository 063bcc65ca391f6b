// What the carrier decides: pure functions from a request and the present shipment to the answer and the facts.
import { internalError, refusal, type Decision } from '../decision';
import type { Fact, ShipmentStep } from '../facts';
import type { Sources } from '../sources';
import { faultOfAnswer, troubleBefore } from '../trouble';
import { isTooBulky, postalCodeBehaviour } from './postal-codes';
import type { CarrierTimes, Shipment, ShipmentRecord, ShipmentStatus } from './shipment';
import { carrierWebhook } from './webhook';

export type ShipmentRequest = Pick<Shipment, 'reference' | 'recipient' | 'parcels'>;

/** Books a shipment. `tries` counts the earlier requests with the same key that had no effect. */
export function book(
  request: ShipmentRequest,
  tries: number,
  times: CarrierTimes,
  sources: Sources,
): Decision {
  const behaviour = postalCodeBehaviour(request.recipient.postal_code);
  const trouble = troubleBefore(behaviour, tries);
  if (trouble) return trouble;
  if (behaviour.refused) {
    const message = `We do not deliver to ${request.recipient.postal_code}.`;
    const answer = refusal(422, { type: 'shipment_refused', code: 'address_not_served', message });
    return { kind: 'settled', answer, facts: [] };
  }

  const bulky = request.parcels.find(({ sku }) => isTooBulky(sku));
  if (bulky) {
    const message = `We do not take ${bulky.sku}: it is too bulky.`;
    const answer = refusal(422, { type: 'shipment_refused', code: 'parcel_not_accepted', message });
    return { kind: 'settled', answer, facts: [] };
  }

  const occurredAt = isoTime(sources);
  const shipment: Shipment = {
    id: sources.newId('shp'),
    object: 'shipment',
    status: 'booked',
    tracking_number: sources.newId('TRK').toUpperCase() + (behaviour.nulInTrackingNumber ? '\u0000' : ''),
    reference: request.reference,
    recipient: request.recipient,
    parcels: request.parcels,
    created_at: occurredAt,
  };
  const history = [{ status: shipment.status, occurred_at: occurredAt }];
  const facts: Fact[] = [{ kind: 'shipment-saved', record: { shipment, history, healed: false } }];
  if (behaviour.ends !== 'booked') facts.push(planned(shipment, 'dispatch', times.dispatchMs, sources));
  const answer = { status: 201, body: shipment };
  return { kind: 'settled', answer, subject: shipment.id, facts, fault: faultOfAnswer(behaviour) };
}

/** The next step of the parcel; does nothing when the shipment was cancelled in the meantime. */
export function moveOn(
  record: ShipmentRecord,
  step: ShipmentStep,
  times: CarrierTimes,
  sources: Sources,
): Fact[] {
  const behaviour = postalCodeBehaviour(record.shipment.recipient.postal_code);
  if (step === 'dispatch') {
    if (record.shipment.status !== 'booked') return [];
    const dispatched = inState(record, 'dispatched', sources);
    const facts: Fact[] = [{ kind: 'shipment-saved', record: dispatched }];
    if (!behaviour.outOfOrder) facts.push(carrierWebhook('shipment.dispatched', dispatched, sources));
    if (behaviour.ends !== 'dispatched') {
      const next = behaviour.ends === 'lost' ? 'lose' : 'deliver';
      facts.push(planned(dispatched.shipment, next, times.deliveryMs, sources));
    }
    return facts;
  }
  if (record.shipment.status !== 'dispatched') return [];
  const arrived = inState(record, step === 'lose' ? 'lost' : 'delivered', sources);
  const notification = step === 'lose' ? 'shipment.lost' : 'shipment.delivered';
  const facts: Fact[] = [
    { kind: 'shipment-saved', record: arrived },
    carrierWebhook(notification, arrived, sources),
  ];
  if (behaviour.outOfOrder) facts.push(carrierWebhook('shipment.dispatched', record, sources, 2));
  return facts;
}

/** Cancels the shipment, which is possible until the dispatch. */
export function cancel(record: ShipmentRecord, sources: Sources): Decision {
  const { shipment } = record;
  if (shipment.status !== 'booked') {
    const message = `A shipment that is ${shipment.status} cannot be canceled.`;
    const error = { type: 'invalid_state', code: `shipment_${shipment.status}`, message };
    return { kind: 'unsettled', answer: refusal(409, error, { shipment }) };
  }
  if (postalCodeBehaviour(shipment.recipient.postal_code).cancelFails && !record.healed) {
    return { kind: 'unsettled', answer: internalError };
  }
  const canceled = inState(record, 'canceled', sources);
  const facts: Fact[] = [
    { kind: 'shipment-saved', record: canceled },
    carrierWebhook('shipment.canceled', canceled, sources),
  ];
  const answer = { status: 200, body: canceled.shipment };
  return { kind: 'settled', answer, subject: shipment.id, facts };
}

function inState(record: ShipmentRecord, status: ShipmentStatus, sources: Sources): ShipmentRecord {
  return {
    ...record,
    shipment: { ...record.shipment, status },
    history: [...record.history, { status, occurred_at: isoTime(sources) }],
  };
}

function planned(shipment: Shipment, step: ShipmentStep, delayMs: number, sources: Sources): Fact {
  const plan = { id: sources.newId('pln'), dueAt: sources.now() + delayMs, subject: shipment.id, step };
  return { kind: 'planned', plan };
}

function isoTime(sources: Sources): string {
  return new Date(sources.now()).toISOString();
}
