// Every cell of docs/delivery.md, with real servers.
import type { OutgoingEvent } from '../../../../src/contracts';
import { probeEvent } from '../../../support/ping/probe';
import type { Cell, Effect } from './cells';
import { CELLS, OUTCOMES } from './cells';
import type { DeliveryUnderTest } from './delivery-under-test';
import { startDelivery } from './delivery-under-test';
import type { TargetUnderTest } from './targets';
import { STATUS_OF, targetOf } from './targets';

jest.setTimeout(60_000);

/** A cell's target in its state, and the event that comes next. */
interface Scene {
  readonly under: TargetUnderTest;
  readonly event: OutgoingEvent;
}

let delivery: DeliveryUnderTest;

beforeAll(async () => {
  delivery = await startDelivery('cells');
});
afterAll(() => delivery.stop());

const named = CELLS.map((cell) => [`${cell.event} × ${cell.target} × ${cell.route}`, cell] as const);

test.each(named)('%s', async (_, cell: Cell) => {
  const expected: Effect = OUTCOMES[cell.outcome];
  const { under, event } = await prepare(cell);
  const before = await under.latest();
  expect(before?.status).toBe(STATUS_OF[cell.target]);
  const [handed, applied] = [delivery.handed(event), delivery.applied(event)];

  // Nobody has received what has no target: its repeat is a second copy in the stream.
  const copies = cell.event === 'repeated' && cell.target === 'none' ? [event, event] : [event];
  const settled = [];
  for (const copy of copies) settled.push(await delivery.deliver(copy));
  const after = await under.latest();
  await untilHandled(under);

  const { reason } = expected;
  expect(settled).toEqual(copies.map(() => ({ outcome: expected.outcome, reason })));
  expect({
    opened: after?.runId !== before?.runId,
    handed: delivery.handed(event) - handed,
    applied: delivery.applied(event) - applied,
  }).toEqual({ opened: expected.opened, handed: expected.handed, applied: expected.applied });
  expect(await delivery.deadLetters(under.key)).toEqual(
    reason === undefined ? [] : copies.map(() => ({ reason, route: cell.route.replace(' ', '-') })),
  );
  // Whatever the cell: no event ever has two effects.
  expect(delivery.applied(event)).toBeLessThanOrEqual(1);
});

async function prepare({ event: which, target, route }: Cell): Promise<Scene> {
  const under = targetOf(delivery, route);
  const event = under.newEvent();
  await under.drive(target, which === 'repeated' && target !== 'none' ? [event] : []);
  return { under, event };
}

test('received is what counts: what a terminated workflow never came to apply is acknowledged as repeated', async () => {
  const under = targetOf(delivery, 'only reaches');
  const [first, event] = [probeEvent('opened', under.key), under.newEvent()];
  const release = delivery.holdSteps();
  await delivery.deliver(first);
  expect((await delivery.deliver(event)).outcome).toBe('accepted');
  await under.handle.terminate('by the test');
  release();
  expect((await delivery.deliver(event)).outcome).toBe('repeated');
  expect([await delivery.deadLetters(under.key), delivery.handed(event)]).toEqual([[], 0]);
});

/** Events are handed on in their order: once a later one is, nothing is to come of the one before it. */
async function untilHandled(under: TargetUnderTest): Promise<void> {
  if ((await under.latest())?.status !== 'RUNNING') return;
  const later: OutgoingEvent = under.further();
  await delivery.deliver(later);
  await delivery.untilHanded(later);
}
