import type { DomainEvent } from '../../../src/contracts';
import type { BuryEvents, Graveyard } from '../../../src/effects';
import { EVENTS } from '../../../domains/shop/names';
import { orderCompleted } from '../../../domains/shop/events';
import { atOnce, newOrderId } from './attempts';

interface Buried extends Omit<BuryEvents, 'events'> {
  readonly event: DomainEvent;
}

export interface GraveyardUnderTest {
  readonly graveyard: Graveyard;
  /** The order's events among the dead letters, in the order in which they were buried. */
  readonly buriedOf: (orderId: string) => Promise<readonly Buried[]>;
}

/** What everybody who buries events for workflows promises. */
export function graveyardConformance(open: () => Promise<GraveyardUnderTest>): void {
  let graveyard: Graveyard;
  let buriedOf: GraveyardUnderTest['buriedOf'];

  beforeAll(async () => {
    ({ graveyard, buriedOf } = await open());
  });

  function burial(count = 1) {
    const orderId = newOrderId();
    const events = Array.from({ length: count }, (_, n) => eventOf(orderId, `event-${n}`));
    return {
      orderId,
      events,
      reason: 'late',
      workflowId: `order-${orderId}`,
      detail: 'It has ended.',
    } as const;
  }

  test('buries an event once, however often it is asked', async () => {
    const { orderId, ...input } = burial();
    const { events, ...why } = input;
    await atOnce(4, () => graveyard.buryEvents(input));
    await graveyard.buryEvents({ ...input, reason: 'unmatched' });
    expect(await buriedOf(orderId)).toEqual([{ event: events[0], ...why }]);
  });

  test('buries several in their order, and of those that come again only the new ones', async () => {
    const { orderId, events, ...why } = burial(3);
    await graveyard.buryEvents({ events: events.slice(0, 2), ...why });
    await graveyard.buryEvents({ events, ...why });
    expect((await buriedOf(orderId)).map(({ event }) => event)).toEqual(events);
  });

  test('tells sources with the same id apart', async () => {
    const { orderId, events, ...why } = burial();
    const other = { ...eventOf(orderId, 'event-0'), source: '/another' };
    await graveyard.buryEvents({ events: [...events, other], ...why });
    expect((await buriedOf(orderId)).map(({ event }) => event.source)).toEqual(['/tests', '/another']);
  });

  test('buries an event that a redrive has brought once more, once for each redrive', async () => {
    const { orderId, events, ...why } = burial();
    for (const redrive of [undefined, '17:1', '17:1', '17:2', undefined]) {
      await graveyard.buryEvents({ events: events.map((event) => ({ ...event, redrive })), ...why });
    }
    expect(await buriedOf(orderId)).toHaveLength(3);
  });

  test('buries an event for each workflow by itself', async () => {
    const { orderId, ...input } = burial();
    await graveyard.buryEvents(input);
    await graveyard.buryEvents({ ...input, workflowId: 'return-1' });
    const workflows = (await buriedOf(orderId)).map(({ workflowId }) => workflowId);
    expect(workflows).toEqual([input.workflowId, 'return-1']);
  });
}

function eventOf(orderId: string, id: string): DomainEvent {
  const data = { ...orderCompleted.example, orderId };
  return { id, source: '/tests', type: EVENTS.orderCompleted, key: orderId, data };
}
