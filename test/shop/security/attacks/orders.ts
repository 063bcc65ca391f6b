// What strangers did to the running shop, each with one request.
import {
  amendmentRequested,
  cancellationRequested,
  orderCompleted,
  orderSubmitted,
  paymentAuthorized,
  shipmentLost,
} from '../../../../domains/shop/events';
import { newOrderId, orderOf } from '../../../../demo/orders';
import { exampleAddress } from '../../../../domains/shop/events/address';
import type { EventContract } from '../../../../src/contracts';
import type { Attack } from '../attack';
import { outcomeOf } from '../attack';
import { eventOf, post } from '../http';
import type { Target } from '../target';

const TOKENS = 'bearer tokens at the gateway';
const ORIGINS = 'origins: who may publish which type';

/** Several times what one person orders in a minute. */
const FLOOD = 50;

const anonymous =
  (contract: EventContract, order: keyof Target['victim'], data: object) => (target: Target) =>
    post(target.gatewayPort, '/events', {
      body: eventOf(contract, { data: { orderId: target.victim[order], ...data } }),
    });

/** By somebody who has a token for events. */
const forged = (contract: EventContract) => (target: Target) =>
  post(target.checking, '/events', {
    body: eventOf(contract, { data: { orderId: target.victim.pending } }),
    token: target.local.secured?.tokens['publisher'] ?? '',
  });

const elsewhere = { ...exampleAddress, name: 'Mallory', street: 'Elsewhere 1' };

export const orders: readonly Attack[] = [
  {
    threat: 'a parcel is redirected',
    control: TOKENS,
    attack: anonymous(amendmentRequested, 'booked', { shippingAddress: elsewhere }),
  },
  {
    threat: "another one's order is cancelled",
    control: TOKENS,
    attack: anonymous(cancellationRequested, 'pending', {}),
  },
  {
    threat: "another one's order vanishes: its id is taken before it comes",
    control: TOKENS,
    attack: async (target) => {
      const orderId = newOrderId('taken');
      await post(target.gatewayPort, '/events', {
        body: eventOf(orderSubmitted, { data: { ...orderOf(orderId), customerId: 'mallory' } }),
      });
      // The customer's own order, as the shop submits it, is now a conflict.
      const token = target.local.secured?.tokens['submitter'] ?? '';
      const own = await post(target.gatewayPort, '/orders', {
        body: JSON.stringify(orderOf(orderId)),
        token,
      });
      return outcomeOf(own === 'refused');
    },
  },
  {
    threat: `${FLOOD} workflows are opened by a stranger`,
    control: TOKENS,
    attack: async ({ gatewayPort }) => {
      const outcomes = await Promise.all(
        Array.from({ length: FLOOD }, (_, index) =>
          post(gatewayPort, '/events', {
            body: eventOf(orderSubmitted, { data: orderOf(newOrderId(`flood-${index}`), BROKE) }),
          }),
        ),
      );
      return outcomeOf(outcomes.includes('through'));
    },
  },
  {
    threat: 'an order is shipped unpaid: a forged payments.authorized',
    control: ORIGINS,
    attack: forged(paymentAuthorized),
  },
  {
    threat: 'a refund for a delivered parcel: a forged shipment-lost',
    control: ORIGINS,
    attack: forged(shipmentLost),
  },
  {
    threat: 'an event of the project itself is forged: orders.completed',
    control: ORIGINS,
    attack: forged(orderCompleted),
  },
];

/** The flood's orders end at once. */
const BROKE = { paymentToken: 'tok_declined' };
