/** Events that would change an order, from sources that may not publish them: one of each origin, in turn. */
import {
  cancellationRequested,
  orderCompleted,
  paymentAuthorized,
  shipmentLost,
} from '../../../domains/shop/events';
import type { EventContract, OutgoingEvent } from '../../../src/contracts';
import { encodeEvent } from '../../../src/contracts';

const STRANGER = '/forger';
const CARRIER = '/providers/carrier';

const FORGERIES: readonly {
  readonly contract: EventContract;
  readonly source: string;
  readonly data?: object;
}[] = [
  { contract: paymentAuthorized, source: STRANGER, data: { asynchronous: true } },
  { contract: paymentAuthorized, source: CARRIER, data: { asynchronous: true } },
  { contract: shipmentLost, source: STRANGER },
  { contract: cancellationRequested, source: CARRIER },
  { contract: orderCompleted, source: STRANGER },
];

/** @param index selects the forgeries in turn */
export function forgeryOf(orderId: string, index: number): OutgoingEvent {
  const { contract, source, data } = FORGERIES[index % FORGERIES.length] ?? fail();
  const content = { ...(contract.example as object), ...data, orderId };
  return encodeEvent(
    { contract, id: `forged-${orderId}`, time: new Date().toISOString(), data: content },
    { source },
  );
}

function fail(): never {
  throw new Error('there are no forgeries');
}
