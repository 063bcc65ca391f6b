import type { Carrier, CarrierBooking, Shipping } from '../../../../activities/shop/shipping';
import type { ParcelStatus } from '../../../../domains/shop/rules/confirmation';
import { RefusalError, StepCompensatedError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import { atOnce, newOrderId, race, RACES, retried } from '../../../support/conformance/attempts';

/** The states of an order's shipments at the carrier, in the order in which they were booked. */
type ShipmentsOf = (orderId: string) => Promise<readonly ParcelStatus[]>;

const NOT_SERVED = expect.objectContaining({ type: REFUSALS.addressNotServed });
const SERVED = '10115';

function booking(postalCode = SERVED): CarrierBooking {
  const orderId = newOrderId();
  return {
    key: `${orderId}:createShipment:0`,
    orderId,
    recipient: { name: 'Ada Lovelace', street: 'Am Wall 1', postalCode, city: 'Berlin', country: 'DE' },
    parcels: [{ sku: 'TEA-GREEN-250', quantity: 2 }],
  };
}

/** The contract of shipping, independent of where its record is kept. */
export function shippingConformance(
  open: () => Promise<{ shipping: Shipping; shipmentsOf: ShipmentsOf }>,
): void {
  let shipping: Shipping;
  let shipmentsOf: ShipmentsOf;

  beforeAll(async () => {
    ({ shipping, shipmentsOf } = await open());
  });

  function shipment(postalCode?: string) {
    const request = booking(postalCode);
    return {
      orderId: request.orderId,
      book: () => retried(() => shipping.createShipment(request)),
      cancel: () => retried(() => shipping.cancelShipment({ undoes: request })),
      track: (shipmentId: string) => shipping.trackShipment({ orderId: request.orderId, shipmentId }),
    };
  }

  test('books once, however often it is asked', async () => {
    const { orderId, book } = shipment();
    const booked = await book();
    expect(await book()).toEqual(booked);
    expect(await shipmentsOf(orderId)).toEqual(['booked']);
  });

  test('books once for attempts at the same time', async () => {
    const { orderId, book } = shipment();
    const answers = await atOnce(5, book);
    expect(new Set(answers.map(({ trackingNumber }) => trackingNumber)).size).toBe(1);
    expect(await shipmentsOf(orderId)).toEqual(['booked']);
  });

  test('repeats a refusal, and has nothing to cancel after it', async () => {
    const { orderId, book, cancel } = shipment('00000');
    await expect(book()).rejects.toBeInstanceOf(RefusalError);
    await expect(book()).rejects.toEqual(NOT_SERVED);
    await cancel();
    expect(await shipmentsOf(orderId)).toEqual([]);
  });

  test('cancels a booking once, and does not book under its key again', async () => {
    const { orderId, book, cancel } = shipment();
    await book();
    await atOnce(3, cancel);
    await cancel();
    await expect(book()).rejects.toBeInstanceOf(StepCompensatedError);
    expect(await shipmentsOf(orderId)).toEqual(['canceled']);
  });

  test('does not book any more when the cancellation came first', async () => {
    const { orderId, book, cancel } = shipment();
    await cancel();
    await expect(book()).rejects.toBeInstanceOf(StepCompensatedError);
    expect(await shipmentsOf(orderId)).toEqual([]);
  });

  test('says where the parcel is each time that it is asked', async () => {
    const { book, cancel, track } = shipment();
    const { shipmentId } = await book();
    expect(await track(shipmentId)).toMatchObject({ status: 'booked' });
    await cancel();
    expect(await track(shipmentId)).toMatchObject({ status: 'canceled' });
  });

  test('says that a parcel is unknown where the carrier has none, or another order has it', async () => {
    const [{ book }, other] = [shipment(), shipment()];
    const { shipmentId } = await book();
    expect(await other.track(shipmentId)).toEqual({
      status: 'unknown',
      says: `the carrier says that ${shipmentId} is not of order ${other.orderId}`,
    });
    expect(await other.track('shp_unknown')).toMatchObject({ status: 'unknown' });
  });

  test('leaves nothing booked where booking and cancellation race each other', async () => {
    for (let round = 0; round < RACES; round++) {
      const { orderId, book, cancel } = shipment();
      await race(round, book, cancel);
      for (const state of await shipmentsOf(orderId)) expect(state).toBe('canceled');
    }
  });
}

/** The contract of every carrier's adapter. */
export function carrierConformance(
  open: () => Promise<{ carrier: Carrier; shipmentsOf: ShipmentsOf }>,
): void {
  let carrier: Carrier;
  let shipmentsOf: ShipmentsOf;

  beforeAll(async () => {
    ({ carrier, shipmentsOf } = await open());
  });

  test('books once for a key, and finds the shipment by that key', async () => {
    const request = booking();
    expect(await carrier.findByKey(request.key)).toBeUndefined();
    const booked = await carrier.book(request);
    expect(await carrier.book(request)).toEqual(booked);
    expect(await carrier.findByKey(request.key)).toEqual(booked);
    expect(await carrier.findToCancel(request.key)).toEqual(booked);
    expect(await shipmentsOf(request.orderId)).toEqual(['booked']);
  });

  test('takes an address without a postal code, and all that an address may have', async () => {
    const recipient = { name: '陳大文', street: '彌敦道 132 號', city: '香港', country: 'HK' };
    const full = { ...recipient, street2: '12 樓', region: '九龍', phone: '+852 5550 1234', postalCode: '9' };
    for (const address of [recipient, full]) {
      const request = { ...booking(), recipient: address };
      expect(await carrier.book(request)).toMatchObject({ shipmentId: expect.any(String) });
      expect(await shipmentsOf(request.orderId)).toEqual(['booked']);
    }
  });

  test('refuses an address that it does not serve, each time, and has no shipment to show for it', async () => {
    const request = booking('00000');
    await expect(carrier.book(request)).rejects.toEqual(NOT_SERVED);
    await expect(carrier.book(request)).rejects.toEqual(NOT_SERVED);
    expect(await carrier.findByKey(request.key)).toBeUndefined();
    expect(await carrier.findToCancel(request.key)).toBeUndefined();
  });

  test('refuses a parcel that it does not take, each time', async () => {
    const request = { ...booking(), parcels: [{ sku: 'BULKY-SOFA', quantity: 1 }] };
    const refused = expect.objectContaining({ type: REFUSALS.parcelNotAccepted });
    await expect(carrier.book(request)).rejects.toEqual(refused);
    await expect(carrier.book(request)).rejects.toEqual(refused);
    expect(await carrier.findByKey(request.key)).toBeUndefined();
  });

  test('cancels once, also what somebody else has cancelled; a cancelled shipment is still found', async () => {
    const request = booking();
    const booked = await carrier.book(request);
    const cancel = (key: string) => carrier.cancel({ key, shipmentId: booked.shipmentId });
    await cancel(`${request.key}:compensate`);
    await cancel(`${request.key}:compensate`);
    await cancel('somebody-else');
    expect(await carrier.findByKey(request.key)).toEqual(booked);
    expect(await carrier.findToCancel(request.key)).toEqual(booked);
    expect(await shipmentsOf(request.orderId)).toEqual(['canceled']);
  });

  test('fails to cancel a shipment that it does not know, and does not call it a refusal', async () => {
    const failed = carrier.cancel({ key: 'unknown', shipmentId: 'shp_unknown' });
    await expect(failed).rejects.toBeInstanceOf(Error);
    await expect(failed).rejects.not.toBeInstanceOf(RefusalError);
  });

  test('tracks a shipment, with its order; one that it does not know is none', async () => {
    const request = booking();
    const { shipmentId } = await carrier.book(request);
    const { orderId } = request;
    expect(await carrier.track(shipmentId)).toEqual({ shipmentId, orderId, status: 'booked' });
    await carrier.cancel({ key: `${request.key}:compensate`, shipmentId });
    expect(await carrier.track(shipmentId)).toEqual({ shipmentId, orderId, status: 'canceled' });
    expect(await carrier.track('shp_unknown')).toBeUndefined();
  });
}
