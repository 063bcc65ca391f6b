import type { Carrier, CreateShipment, Shipment, Shipping } from '../../../../activities/shop/shipping';
import { RefusalError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import type { CarrierParcel, ParcelStatus } from '../../../../domains/shop/rules/confirmation';
import { trackingOf } from '../../../../domains/shop/rules/confirmation';
import type { FakeEffects, Player } from 'sagaline/testing';

export type ShippingStep = keyof Shipping;
export type CarrierStep = keyof Carrier;

export interface FakeShipment extends Shipment {
  readonly orderId: string;
  readonly postalCode: string | undefined;
  readonly parcels: CreateShipment['parcels'];
  state: ParcelStatus;
}

/** The states that a parcel may still reach. */
const FURTHER: Readonly<Record<ParcelStatus, readonly ParcelStatus[]>> = {
  booked: ['dispatched', 'delivered', 'lost'],
  dispatched: ['delivered', 'lost'],
  delivered: [],
  lost: [],
  canceled: [],
};

/** A postal code with a special behaviour, as at the provider sandbox. */
const NOT_SERVED = '00000';

/** Events at the carrier. */
export interface AtCarrier {
  /** The id of the order's latest shipment that is not canceled; if there is none, the id that the next one will get. */
  latestOf(orderId: string): string;
  /**
   * Puts the parcel into this state, unless it is in a later one; a parcel that is not booked yet gets the state when it is
   * booked.
   */
  happens(shipmentId: string, status: 'dispatched' | 'delivered' | 'lost'): void;
}

export interface FakeShipping extends Shipping, AtCarrier {
  /** The shipments of an order, in the order in which they were booked. */
  shipmentsOf(orderId: string): readonly FakeShipment[];
  /** The carrier's answer from now on for every parcel; by default the parcel's own state, such as `booked` or `canceled`. */
  answerTracking(status: ParcelStatus): void;
  /** The carrier fetches the order's parcels; no notification is sent yet. */
  fetch(orderId: string): void;
}

export function createFakeShipping(
  player: Player<ShippingStep>,
  effects: FakeEffects<ShippingStep>,
): FakeShipping {
  const book = openBook();
  let told: ParcelStatus | undefined;
  return {
    createShipment: (input) =>
      effects.doOnce('createShipment', input.key, input, () => answer(book.add(input))),
    cancelShipment: (input) =>
      effects.compensateOnce('cancelShipment', input.undoes.key, input, () => {
        book.cancel(book.find(input.undoes.key));
      }),
    trackShipment: (input) =>
      player.play('trackShipment', input, () => {
        const found = book.seen(input.shipmentId);
        return trackingOf(input, found && told ? { ...found, status: told } : found);
      }),
    answerTracking: (status) => void (told = status),
    fetch: (orderId) => book.fetch(orderId),
    latestOf: (orderId) => book.latestOf(orderId),
    happens: (shipmentId, status) => book.happens(shipmentId, status),
    shipmentsOf: (orderId) => book.all().filter((shipment) => shipment.orderId === orderId),
  };
}

export interface FakeCarrier extends Carrier, AtCarrier {
  shipments(): readonly FakeShipment[];
  /** Fetches the order's parcels. */
  fetch(orderId: string): void;
}

/** Remembers the answer to each key for ever, as the port requires. */
export function createFakeCarrier(player: Player<CarrierStep>): FakeCarrier {
  const book = openBook();
  const refused = new Map<string, RefusalError>();

  function bookOnce(request: CreateShipment): Shipment {
    const refusal = refused.get(request.key);
    if (refusal) throw refusal;
    const known = book.find(request.key);
    if (known) return answer(known);
    try {
      player.refuseIfTold('book');
      const shipment = book.add(request);
      player.tookEffect('book');
      return answer(shipment);
    } catch (error) {
      if (error instanceof RefusalError) refused.set(request.key, error);
      throw error;
    }
  }

  function cancel(shipmentId: string): void {
    if (book.cancel(book.get(shipmentId))) player.tookEffect('cancel');
  }

  return {
    book: (request) => player.play('book', request, () => bookOnce(request)),
    // A refused booking leaves no shipment that could be found, as at the carrier and in the sandbox.
    findByKey: (key) =>
      player.play('findByKey', key, () => {
        const shipment = book.find(key);
        return shipment && answer(shipment);
      }),
    findToCancel: (key) =>
      player.play('findToCancel', key, () => {
        const shipment = book.find(key);
        return shipment && answer(shipment);
      }),
    cancel: (request) => player.play('cancel', request, () => cancel(request.shipmentId)),
    track: (shipmentId) => player.play('track', shipmentId, () => book.seen(shipmentId)),
    shipments: () => book.all(),
    fetch: (orderId) => book.fetch(orderId),
    latestOf: (orderId) => book.latestOf(orderId),
    happens: (shipmentId, status) => book.happens(shipmentId, status),
  };
}

function answer({ shipmentId, trackingNumber }: Shipment): Shipment {
  return { shipmentId, trackingNumber };
}

/** Shipments by the key of their booking, shared by both fakes. */
function openBook() {
  const shipments = new Map<string, FakeShipment>();
  /** The future states of parcels that are not booked yet. */
  const foretold = new Map<string, ParcelStatus>();

  const ofOrder = (orderId: string) => [...shipments.values()].filter((one) => one.orderId === orderId);
  const withId = (shipmentId: string) => [...shipments.values()].find((one) => one.shipmentId === shipmentId);

  return {
    all: () => [...shipments.values()],
    find: (key: string) => shipments.get(key),
    seen: (shipmentId: string): CarrierParcel | undefined => {
      const shipment = withId(shipmentId);
      return shipment && { shipmentId, orderId: shipment.orderId, status: shipment.state };
    },
    latestOf: (orderId: string) => {
      const live = ofOrder(orderId).filter(({ state }) => state !== 'canceled');
      return live.at(-1)?.shipmentId ?? `shp_${orderId}_${ofOrder(orderId).length + 1}`;
    },
    happens: (shipmentId: string, status: ParcelStatus) => {
      const shipment = withId(shipmentId);
      const state = shipment?.state ?? foretold.get(shipmentId) ?? 'booked';
      if (!FURTHER[state].includes(status)) return;
      if (shipment) shipment.state = status;
      else foretold.set(shipmentId, status);
    },
    get: (shipmentId: string): FakeShipment => {
      const shipment = withId(shipmentId);
      if (!shipment) throw new Error(`there is no shipment ${shipmentId}`);
      return shipment;
    },
    /** @returns whether there was anything to cancel */
    cancel: (shipment: FakeShipment | undefined): boolean => {
      if (!shipment || shipment.state === 'canceled') return false;
      if (shipment.state !== 'booked') {
        throw new RefusalError(REFUSALS.parcelDispatched, `The parcel is ${shipment.state}.`);
      }
      shipment.state = 'canceled';
      return true;
    },
    fetch: (orderId: string) => {
      for (const shipment of shipments.values())
        if (shipment.orderId === orderId && shipment.state === 'booked') shipment.state = 'dispatched';
    },
    add: ({ key, orderId, recipient, parcels }: CreateShipment): FakeShipment => {
      // Orders of tests have no keys.
      const postalCode = typeof recipient === 'string' ? undefined : recipient.postalCode;
      if (postalCode === NOT_SERVED) {
        throw new RefusalError(REFUSALS.addressNotServed, `We do not deliver to ${NOT_SERVED}.`);
      }
      const bulky = parcels.find(({ sku }) => sku.startsWith('BULKY-'));
      if (bulky) throw new RefusalError(REFUSALS.parcelNotAccepted, `We do not take ${bulky.sku}.`);
      const number = `${orderId}_${ofOrder(orderId).length + 1}`;
      const ids = { shipmentId: `shp_${number}`, trackingNumber: `TRK_${number}` };
      const shipment: FakeShipment = {
        ...ids,
        orderId,
        postalCode,
        parcels,
        state: foretold.get(ids.shipmentId) ?? 'booked',
      };
      shipments.set(key, shipment);
      return shipment;
    },
  };
}
