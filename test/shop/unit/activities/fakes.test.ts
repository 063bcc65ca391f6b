// The fakes keep the promises of the adapters that they stand for.
import { exampleAddress } from '../../../../domains/shop/events/address';
import { REFUSALS } from '../../../../domains/shop/names';
import {
  carrierConformance,
  demandConformance,
  deadLetterStoreConformance,
  inventoryConformance,
  notificationsConformance,
  ordersConformance,
  paymentProviderConformance,
  paymentsConformance,
  shippingConformance,
} from '../../support/conformance';
import type { InventoryStep } from '../../support/fakes/inventory';
import { createFakeEffects, createScript } from 'sagaline/testing';
import {
  createFakeCarrier,
  createFakeInventory,
  createFakePaymentProvider,
  createFakeShop,
} from '../../support/fakes';

const holdsMoney = ({ state }: { state: string }) => state !== 'declined';

describe('the fake inventory', () =>
  inventoryConformance(() => {
    const script = createScript<InventoryStep>();
    const inventory = createFakeInventory(script, createFakeEffects(script));
    return Promise.resolve({
      inventory,
      receive: (sku, quantity, warehouse) => {
        inventory.receive(sku, quantity, warehouse);
        return Promise.resolve();
      },
      stockOf: (sku, warehouse) => Promise.resolve(inventory.stockOf(sku, warehouse)),
    });
  }));

describe('the fake demand', () =>
  demandConformance(() => {
    const { demand } = createFakeShop();
    return Promise.resolve({ demand, viewsOf: (sku) => Promise.resolve(demand.viewsOf(sku)) });
  }));

describe('the fake payments', () =>
  paymentsConformance(() => {
    const { payments } = createFakeShop();
    return Promise.resolve({
      payments,
      paymentsOf: (orderId) => Promise.resolve(payments.paymentsOf(orderId).filter(holdsMoney)),
      decided: (orderId) => {
        payments.decide(orderId);
        return Promise.resolve();
      },
      recordOf: (orderId) => Promise.resolve(payments.paymentsOf(orderId)[0]?.state),
    });
  }));

describe('the fake payment provider', () =>
  paymentProviderConformance(() => {
    const provider = createFakePaymentProvider(createScript());
    return Promise.resolve({
      provider,
      paymentsOf: (orderId) =>
        Promise.resolve(
          provider
            .payments()
            .filter((payment) => payment.orderId === orderId)
            .filter(holdsMoney),
        ),
      decided: (orderId) => {
        provider.decide(orderId);
        return Promise.resolve();
      },
    });
  }));

describe('the fake shipping', () =>
  shippingConformance(() => {
    const { shipping } = createFakeShop();
    return Promise.resolve({
      shipping,
      shipmentsOf: (orderId) => Promise.resolve(shipping.shipmentsOf(orderId).map(({ state }) => state)),
    });
  }));

describe('the fake carrier', () =>
  carrierConformance(() => {
    const carrier = createFakeCarrier(createScript());
    const of = (orderId: string) => carrier.shipments().filter((shipment) => shipment.orderId === orderId);
    return Promise.resolve({
      carrier,
      shipmentsOf: (orderId) => Promise.resolve(of(orderId).map(({ state }) => state)),
    });
  }));

describe('the fake orders', () =>
  ordersConformance(() => {
    const { orders } = createFakeShop();
    return Promise.resolve({
      orders,
      orderOf: (orderId) => Promise.resolve(orders.orderOf(orderId)),
      refusalsOf: (orderId) => Promise.resolve(orders.refusalsOf(orderId)),
      stockQuestionsOf: (orderId) => Promise.resolve(orders.stockQuestionsOf(orderId)),
      paymentMethodRequestedOf: (orderId) => Promise.resolve(orders.paymentMethodRequestedOf(orderId)),
      amendmentsOf: (orderId) => Promise.resolve(orders.amendmentsOf(orderId)),
    });
  }));

describe('the fake notifications', () =>
  notificationsConformance(() => {
    const { notifications } = createFakeShop();
    return Promise.resolve({
      notifications,
      messagesOf: (orderId) => Promise.resolve(notifications.messagesOf(orderId)),
    });
  }));

describe('the fake dead letters', () =>
  deadLetterStoreConformance(() => {
    const { deadLetters } = createFakeShop();
    return Promise.resolve({
      deadLetterStore: deadLetters,
      deadLetteredOf: (orderId) =>
        Promise.resolve(deadLetters.deadLettered.filter(({ event }) => event.key === orderId)),
    });
  }));

test('the fake carrier does not cancel a parcel that has left', async () => {
  const { shipping } = createFakeShop();
  const booking = {
    key: 'o-2:createShipment:0',
    orderId: 'o-2',
    recipient: exampleAddress,
    parcels: [{ sku: 'TEA-GREEN-250', quantity: 1 }],
  };
  await shipping.createShipment(booking);
  shipping.fetch('o-2');
  const refused = shipping.cancelShipment({ undoes: booking });
  await expect(refused).rejects.toMatchObject({ type: REFUSALS.parcelDispatched });
});

test('the fake carrier answers what a test tells it to', async () => {
  const { shipping } = createFakeShop();
  const { shipmentId } = await shipping.createShipment({
    key: 'o-1:createShipment:0',
    orderId: 'o-1',
    recipient: exampleAddress,
    parcels: [{ sku: 'TEA-GREEN-250', quantity: 1 }],
  });
  shipping.answerTracking('lost');
  expect(await shipping.trackShipment({ orderId: 'o-1', shipmentId })).toMatchObject({ status: 'lost' });
});
