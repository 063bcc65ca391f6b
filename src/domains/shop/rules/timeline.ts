import { EVENTS } from '../names';
import type { OrderEvent } from '../subscriptions';
import { orderTotal } from './pricing';

/**
 * What an event means for its order, in a sentence for the shop's staff. It repeats no free text and nothing of a person:
 * the timeline outlives what one may have to forget.
 */
export function sentenceOf(event: OrderEvent): string {
  const { type, data } = event;
  switch (type) {
    case EVENTS.orderSubmitted:
      return `Order of ${pieces(data.lines)} for ${text(orderTotal(data))} submitted`;
    case EVENTS.orderConfirmed:
      return `Order confirmed for ${text(data.total)}`;
    case EVENTS.orderCompleted:
      return `Order completed: ${text(data.total)} paid, parcel delivered`;
    case EVENTS.orderRejected:
      return `Order rejected: ${data.reason}`;
    case EVENTS.orderCompensated:
      return `Order undone: ${data.reason}`;
    case EVENTS.orderCancelled:
      return `Order cancelled: ${data.reason}`;
    case EVENTS.orderRefunded:
      return `Order refunded, ${text(data.total)}: ${data.reason}`;
    case EVENTS.cancellationRequested:
      return 'Cancellation requested';
    case EVENTS.cancellationRefused:
      return `Cancellation refused: ${data.reason}`;
    case EVENTS.stockReserved:
      return `Stock reserved: ${pieces(data.lines)}`;
    case EVENTS.stockReleased:
      return `Stock released: ${pieces(data.lines)}`;
    case EVENTS.stockShipped:
      return `Stock shipped: ${pieces(data.lines)}`;
    case EVENTS.paymentAuthorized:
      return `Payment of ${text(data.total)} held`;
    case EVENTS.paymentDeclined:
      return `Payment of ${text(data.total)} declined: ${data.reason}`;
    case EVENTS.paymentCaptured:
      return `Payment of ${text(data.total)} taken`;
    case EVENTS.paymentVoided:
      return `Hold of ${text(data.total)} lifted`;
    case EVENTS.paymentRefunded:
      return `Payment of ${text(data.total)} given back`;
    case EVENTS.shipmentDispatched:
      return `Parcel ${data.trackingNumber} dispatched`;
    case EVENTS.shipmentDelivered:
      return `Parcel ${data.trackingNumber} delivered`;
    case EVENTS.shipmentLost:
      return `Parcel ${data.trackingNumber} lost`;
    default:
      return assertNever(type);
  }
}

/** All of the shop's currencies have two digits. */
function text({ amount, currency }: { amount: number; currency: string }): string {
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')} ${currency}`;
}

function pieces(lines: readonly { quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return count === 1 ? '1 piece' : `${count} pieces`;
}

function assertNever(type: never): never {
  throw new TypeError(`the timeline has no sentence for ${String(type)}`);
}
