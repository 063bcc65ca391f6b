import { EVENTS } from '../names';
import type { OrderEvent } from '../subscriptions';
import { orderTotal, priceText } from './pricing';

/**
 * What an event means for its order, in a sentence for the shop's staff. It repeats no free text and no personal data:
 * the timeline is kept longer than personal data may be.
 */
export function sentenceOf(event: OrderEvent): string {
  const { type, data } = event;
  switch (type) {
    case EVENTS.orderSubmitted:
      return `Order of ${pieces(data.lines)} for ${priceText(orderTotal(data))} submitted`;
    case EVENTS.orderConfirmed:
      return `Order confirmed for ${priceText(data.total)}`;
    case EVENTS.orderCompleted:
      return `Order completed: ${priceText(data.total)} paid, parcel delivered`;
    case EVENTS.orderRejected:
      return `Order rejected: ${data.reason}`;
    case EVENTS.orderCompensated:
      return `Order compensated: ${data.reason}`;
    case EVENTS.orderCancelled:
      return `Order cancelled: ${data.reason}`;
    case EVENTS.orderRefunded:
      return `Order refunded, ${priceText(data.total)}: ${data.reason}`;
    case EVENTS.cancellationRequested:
      return 'Cancellation requested';
    case EVENTS.cancellationRefused:
      return `Cancellation refused: ${data.reason}`;
    case EVENTS.amendmentRequested:
      return `Amendment requested: ${request(data)}`;
    case EVENTS.orderAmended:
      return `Order amended: ${pieces(data.lines)} for ${priceText(data.total)}`;
    case EVENTS.amendmentRefused:
      return `Amendment refused: ${data.reason}`;
    case EVENTS.partialStock:
      return `Only ${pieces(data.available)} of ${pieces(data.wanted)} in stock`;
    case EVENTS.partialStockDecided:
      return `Customer decides about the stock: ${data.decision}`;
    case EVENTS.paymentMethodRequested:
      return `Another payment method asked for, to pay ${priceText(data.total)}`;
    case EVENTS.paymentMethodProvided:
      return 'Another payment method provided';
    case EVENTS.paymentActionRequested:
      return `Customer asked to confirm the payment of ${priceText(data.total)}`;
    case EVENTS.stockReserved:
      return `Stock reserved: ${pieces(data.lines)}`;
    case EVENTS.stockReleased:
      return `Stock released: ${pieces(data.lines)}`;
    case EVENTS.stockShipped:
      return `Stock shipped: ${pieces(data.lines)}`;
    case EVENTS.paymentAuthorized:
      return `Payment of ${priceText(data.total)} held`;
    case EVENTS.paymentDeclined:
      return `Payment of ${priceText(data.total)} declined: ${data.reason}`;
    case EVENTS.paymentCaptured:
      return `Payment of ${priceText(data.total)} taken`;
    case EVENTS.paymentVoided:
      return `Authorization of ${priceText(data.total)} voided`;
    case EVENTS.paymentRefunded:
      return `Payment of ${priceText(data.total)} given back`;
    case EVENTS.paymentDisputed:
      return `Payment disputed, ${priceText(data.total)}: ${data.status}`;
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

function request({
  lines,
  shippingAddress,
}: {
  lines?: readonly { quantity: number }[] | undefined;
  shippingAddress?: unknown;
}): string {
  const parts = [...(lines ? [pieces(lines)] : []), ...(shippingAddress ? ['another address'] : [])];
  return parts.join(', ');
}

function pieces(lines: readonly { quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return count === 1 ? '1 piece' : `${count} pieces`;
}

function assertNever(type: never): never {
  throw new TypeError(`the timeline has no sentence for ${String(type)}`);
}
