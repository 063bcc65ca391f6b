import type { OutgoingEvent } from '../../src/contracts';
import { encodeEvent, newEvent, PARTITIONS, sourceFor } from '../../src/contracts';
import { orderSubmitted, paymentAuthorized } from '../../domains/shop/events';
import { EVENTS_OF_AN_ORDER } from './names';
import { partitionOf } from './partition';

const SOURCE = '/bench';

/** The distance between two events of one order, in orders. */
const APART = PARTITIONS;

/**
 * Makes `count` events of the shop: for each order a submission, and then notifications that reach the same workflow. One
 * event in five opens a workflow, which costs Temporal far more than a signal. The proportion is the same from beginning to
 * end, as in a real shop.
 */
export function shopEvents(run: string, count: number): OutgoingEvent[] {
  return orderIdsOf(run, count)
    .flatMap((orderId, at) =>
      Array.from({ length: EVENTS_OF_AN_ORDER }, (_, round) => ({
        orderId,
        round,
        turn: at + round * APART,
      })),
    )
    .sort((one, other) => one.turn - other.turn)
    .slice(0, count)
    .map(({ orderId, round }) => eventOf(orderId, round));
}

function eventOf(orderId: string, round: number): OutgoingEvent {
  const event =
    round === 0
      ? newEvent(orderSubmitted, { id: orderId, data: { ...orderSubmitted.example, orderId } })
      : newEvent(paymentAuthorized, {
          id: `${orderId}-${round}`,
          data: { ...paymentAuthorized.example, orderId, asynchronous: true },
        });
  return encodeEvent(event, { source: sourceFor(event.contract, SOURCE) });
}

/**
 * The orders for `count` events, spread evenly over the partitions of the stream, so that a bridge has as many calls in
 * flight as a bare client, until the end. With random keys the fullest of 64 partitions would have twice as many as the
 * others, and would run alone for half of the time.
 */
export function orderIdsOf(run: string, count: number): string[] {
  const orders = Math.ceil(count / EVENTS_OF_AN_ORDER);
  const room = Array.from({ length: PARTITIONS }, () => Math.ceil(orders / PARTITIONS));
  const ids: string[] = [];
  for (let number = 0; ids.length < orders; number++) {
    const id = `${run}-${number}`;
    const partition = partitionOf(id);
    const left = room[partition] ?? 0;
    if (left === 0) continue;
    room[partition] = left - 1;
    ids.push(id);
  }
  return ids;
}
