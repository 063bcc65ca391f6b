// Who reads what is stored: an order comes through the gateway, and its street is looked for.
import { newOrderId, orderOf } from '../../../../demo/orders';
import { openedOrder } from '../../../../demo/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { exampleAddress } from '../../../../domains/shop/events/address';
import { createStreamReader, EVENTS_STREAM } from '../../../../src/adapters/nats';
import type { Attack } from '../attack';
import { outcomeOf } from '../attack';
import { eventOf, post } from '../http';
import type { Target } from '../target';

const KEYS = 'personal fields are encrypted before anything is stored';
const STREET = 'Zwiebelturmgasse 77b';

/** An order of a customer, which the bridge has opened. */
async function ordered(target: Target) {
  const orderId = newOrderId('personal');
  const data = orderOf(orderId, { shippingAddress: { ...exampleAddress, street: STREET } });
  const token = target.local.secured?.tokens['publisher'];
  const sent = await post(target.gatewayPort, '/events', {
    body: eventOf(orderSubmitted, { data }),
    ...(token !== undefined && { token }),
  });
  if (sent === 'refused') throw new Error('the order was not taken');
  return { orderId, ...(await openedOrder(target.shop, orderId)) };
}

export const personal: readonly Attack[] = [
  {
    threat: "a customer's street is read in the stream of events",
    control: KEYS,
    attack: async (target) => {
      const { orderId } = await ordered(target);
      const reader = await createStreamReader(target.shop.nats, EVENTS_STREAM);
      const stored = await reader.next(`p.*.*.*.*.*.${orderId}`, 1);
      if (!stored) throw new Error('the event is not in the stream');
      return outcomeOf(new TextDecoder().decode(stored.body).includes(STREET));
    },
  },
  {
    threat: "who has the payloads' key reads a customer's street in a history",
    control: KEYS,
    attack: async (target) => {
      const { workflowId, orderId } = await ordered(target);
      const handle = target.shop.temporal.workflow.getHandle(workflowId);
      const { events } = await handle.fetchHistory();
      const codecs = target.shop.temporal.options.loadedDataConverter.payloadCodecs;
      const payloads = (events ?? []).flatMap(
        (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
      );
      let decoded = payloads;
      for (const codec of codecs) decoded = await codec.decode(decoded);
      const text = decoded.map(({ data }) => Buffer.from(data ?? []).toString('utf8')).join('\n');
      if (!text.includes(orderId)) throw new Error('the order is not in its history');
      return outcomeOf(text.includes(STREET));
    },
  },
];
