// What must hold of the order's table of transitions, whatever is in it.
import { COMPENSATION_STUCK } from '../../../src/contracts';
import { EVENTS } from '../../../domains/shop/names';
import type { OrderPlace } from '../../../domains/shop/rules/transitions';
import {
  eventsAt,
  INPUTS,
  transition,
  TRANSITIONS,
  UNMATCHED,
} from '../../../domains/shop/rules/transitions';
import { moves, rows } from '../../../scripts/order-page/render';

const ENDS: readonly OrderPlace[] = [
  'completed',
  'rejected',
  'compensated',
  'cancelled',
  'refunded',
  'duplicate',
  UNMATCHED,
];
const places = Object.keys(TRANSITIONS) as OrderPlace[];

function reachable(from: OrderPlace, known = new Set<OrderPlace>()): Set<OrderPlace> {
  if (known.has(from)) return known;
  known.add(from);
  for (const move of moves) if (move.from === from) reachable(move.target, known);
  return known;
}

test('every state can be reached from the first one, and every end', () => {
  expect([...reachable('placing')].sort()).toEqual([...places, ...ENDS].sort());
});

test.each(places)('from "%s" there is a way to an end', (place) => {
  expect([...reachable(place)].some((each) => ENDS.includes(each))).toBe(true);
});

test('an end has no way on', () => {
  for (const end of ENDS) expect(places).not.toContain(end);
});

test('what is not in the table means nothing', () => {
  expect(transition('completed', EVENTS.cancellationRequested)).toBeUndefined();
  expect(transition('placing', 'capture-refused')).toBeUndefined();
});

test('every input has its row', () => {
  const inputs = new Set(rows.map(({ input }) => input));
  for (const input of Object.keys(INPUTS)) expect([...inputs]).toContain(input);
});

/** Wherever an order can be while its inbox is looked at or closed; a person's turn at an undo is none of these. */
const ANSWERED = places.filter((place) => place !== COMPENSATION_STUCK && place !== 'awaiting-submission');

test.each(ANSWERED)('a cancellation in "%s" is granted or refused, never left lying', (place) => {
  const answered = [...eventsAt(place, 'taken'), ...eventsAt(place, 'refused')];
  expect(answered).toContain(EVENTS.cancellationRequested);
});

/** What waits for the customer keeps an amendment until the order is placed. */
const WAITS_FOR_CUSTOMER: readonly OrderPlace[] = [
  'awaiting-stock-decision',
  'awaiting-stock',
  'awaiting-means',
];

test.each(ANSWERED.filter((place) => !WAITS_FOR_CUSTOMER.includes(place)))(
  'an amendment in "%s" is granted or refused',
  (place) => {
    const answered = [...eventsAt(place, 'taken'), ...eventsAt(place, 'refused')];
    expect(answered).toContain(EVENTS.amendmentRequested);
  },
);

test.each(['awaiting-delivery', 'awaiting-decision'] as const)(
  'nothing leads from "%s" back to where an order can be cancelled',
  (place) => {
    for (const next of reachable(place)) expect(['placing', 'awaiting-dispatch']).not.toContain(next);
  },
);
