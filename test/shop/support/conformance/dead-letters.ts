import type { DomainEvent } from '../../../../src/contracts';
import type { DeadLetterEvents, DeadLetterStore } from '../../../../src/effects';
import { EVENTS } from '../../../../domains/shop/names';
import { orderCompleted } from '../../../../domains/shop/events';
import { atOnce, newOrderId } from '../../../support/conformance/attempts';

interface DeadLettered extends Omit<DeadLetterEvents, 'events'> {
  readonly event: DomainEvent;
}

export interface DeadLetterStoreUnderTest {
  readonly deadLetterStore: DeadLetterStore;
  /** The order's events among the dead letters, in the order in which they were dead-lettered. */
  readonly deadLetteredOf: (orderId: string) => Promise<readonly DeadLettered[]>;
}

/** The contract of every store of dead letters for workflows. */
export function deadLetterStoreConformance(open: () => Promise<DeadLetterStoreUnderTest>): void {
  let deadLetterStore: DeadLetterStore;
  let deadLetteredOf: DeadLetterStoreUnderTest['deadLetteredOf'];

  beforeAll(async () => {
    ({ deadLetterStore, deadLetteredOf } = await open());
  });

  function deadLetterDetails(count = 1) {
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

  test('dead-letters an event once, however often it is asked', async () => {
    const { orderId, ...input } = deadLetterDetails();
    const { events, ...why } = input;
    await atOnce(4, () => deadLetterStore.deadLetterEvents(input));
    await deadLetterStore.deadLetterEvents({ ...input, reason: 'unmatched' });
    expect(await deadLetteredOf(orderId)).toEqual([{ event: events[0], ...why }]);
  });

  test('dead-letters several in their order, and of those that come again only the new ones', async () => {
    const { orderId, events, ...why } = deadLetterDetails(3);
    await deadLetterStore.deadLetterEvents({ events: events.slice(0, 2), ...why });
    await deadLetterStore.deadLetterEvents({ events, ...why });
    expect((await deadLetteredOf(orderId)).map(({ event }) => event)).toEqual(events);
  });

  test('tells sources with the same id apart', async () => {
    const { orderId, events, ...why } = deadLetterDetails();
    const other = { ...eventOf(orderId, 'event-0'), source: '/another' };
    await deadLetterStore.deadLetterEvents({ events: [...events, other], ...why });
    expect((await deadLetteredOf(orderId)).map(({ event }) => event.source)).toEqual(['/tests', '/another']);
  });

  test('dead-letters an event that a redrive has brought once more, once for each redrive', async () => {
    const { orderId, events, ...why } = deadLetterDetails();
    for (const redrive of [undefined, '17:1', '17:1', '17:2', undefined]) {
      await deadLetterStore.deadLetterEvents({
        events: events.map((event) => ({ ...event, redrive })),
        ...why,
      });
    }
    expect(await deadLetteredOf(orderId)).toHaveLength(3);
  });

  test('dead-letters an event for each workflow by itself', async () => {
    const { orderId, ...input } = deadLetterDetails();
    await deadLetterStore.deadLetterEvents(input);
    await deadLetterStore.deadLetterEvents({ ...input, workflowId: 'return-1' });
    const workflows = (await deadLetteredOf(orderId)).map(({ workflowId }) => workflowId);
    expect(workflows).toEqual([input.workflowId, 'return-1']);
  });
}

function eventOf(orderId: string, id: string): DomainEvent {
  const data = { ...orderCompleted.example, orderId };
  return { id, source: '/tests', type: EVENTS.orderCompleted, key: orderId, data };
}
