import type { OrderEnd } from '../../../domains/shop/names';
import type { OrderInput } from '../../../domains/shop/rules/inputs';
import type { OrderStateMachine } from './state-machine';
import { deadLetterRefused } from './early';
import { isMoot, isUnrelated } from './notifications';
import type { Order } from './parts';
import { deadLetterChannel } from './steps';
import { refuse } from './requests';

/**
 * A repair has compensated the order while its workflow was gone, and has published that: a workflow that was reset just
 * ends.
 */
export function closeAsCompensated(order: Order): Promise<OrderEnd> {
  return close(order, 'compensated-meanwhile', 'A repair has compensated this order: nothing is left to do.');
}

/** Ends an order. Every event that was received is answered, or becomes a dead letter. */
export async function close(order: Order, input: OrderInput, words: string): Promise<OrderEnd> {
  const { inbox, machine, strays, things } = order;
  const closed = `the order is ${machine.targetOf(input)}`;
  if (strays.length > 0) await deadLetterChannel.send(strays.splice(0), 'late', closed);
  while (!inbox.isEmpty()) {
    await deadLetterRefused(inbox, closed);
    const request = inbox.takeNow(machine.refusedEvents());
    if (request) {
      await refuse(order, request, closed);
      continue;
    }
    const left = inbox.drain().filter((event) => !isMoot(things, event));
    const unrelated = left.filter((event) => isUnrelated(things, event));
    const late = left.filter((event) => !unrelated.includes(event));
    if (unrelated.length > 0) await deadLetterChannel.send(unrelated, 'unrelated', NOT_OURS);
    if (late.length > 0) await deadLetterChannel.send(late, 'late', closed);
  }
  return end(machine, input, words);
}

const NOT_OURS = 'the order never had such a payment, parcel or customer';

export function end(machine: OrderStateMachine, input: OrderInput, words: string): OrderEnd {
  machine.transition(input, words);
  return machine.state as OrderEnd;
}
