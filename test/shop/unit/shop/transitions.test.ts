// What must hold of the order's table of transitions, whatever is in it.
import { COMPENSATION_STUCK } from '../../../../src/contracts';
import { EVENTS } from '../../../../domains/shop/names';
import { INPUTS } from '../../../../domains/shop/rules/inputs';
import type { OrderMachineState } from '../../../../domains/shop/rules/transitions';
import { eventsAt, transition, TRANSITIONS, UNMATCHED } from '../../../../domains/shop/rules/transitions';
import { moves, rows } from '../../../../domains/shop/rules/moves';

const ENDS: readonly OrderMachineState[] = [
  'completed',
  'rejected',
  'compensated',
  'cancelled',
  'refunded',
  'duplicate',
  UNMATCHED,
];
const states = Object.keys(TRANSITIONS) as OrderMachineState[];

function reachable(from: OrderMachineState, known = new Set<OrderMachineState>()): Set<OrderMachineState> {
  if (known.has(from)) return known;
  known.add(from);
  for (const move of moves) if (move.from === from) reachable(move.target, known);
  return known;
}

test('every state can be reached from the first one, and every end', () => {
  expect([...reachable('placing')].sort()).toEqual([...states, ...ENDS].sort());
});

test.each(states)('from "%s" there is a way to an end', (state) => {
  expect([...reachable(state)].some((each) => ENDS.includes(each))).toBe(true);
});

test('an end has no way on', () => {
  for (const end of ENDS) expect(states).not.toContain(end);
});

test('what is not in the table means nothing', () => {
  expect(transition('completed', EVENTS.cancellationRequested)).toBeUndefined();
  expect(transition('placing', 'capture-refused')).toBeUndefined();
});

test('every input has its row', () => {
  const inputs = new Set(rows.map(({ input }) => input));
  for (const input of Object.keys(INPUTS)) expect([...inputs]).toContain(input);
});

/** Wherever an order can be while its inbox is looked at or closed; a person's turn at a compensation is none of these. */
const ANSWERED = states.filter((state) => state !== COMPENSATION_STUCK && state !== 'awaiting-submission');

test.each(ANSWERED)('a cancellation in "%s" is granted or refused, never left lying', (state) => {
  const answered = [...eventsAt(state, 'taken'), ...eventsAt(state, 'refused')];
  expect(answered).toContain(EVENTS.cancellationRequested);
});

/** What waits for the customer keeps an amendment until the order is placed. */
const WAITS_FOR_CUSTOMER: readonly OrderMachineState[] = [
  'awaiting-stock-decision',
  'awaiting-stock',
  'awaiting-payment-method',
];

test.each(ANSWERED.filter((state) => !WAITS_FOR_CUSTOMER.includes(state)))(
  'an amendment in "%s" is granted or refused',
  (state) => {
    const answered = [...eventsAt(state, 'taken'), ...eventsAt(state, 'refused')];
    expect(answered).toContain(EVENTS.amendmentRequested);
  },
);

test.each(['awaiting-delivery', 'awaiting-decision'] as const)(
  'nothing leads from "%s" back to where an order can be cancelled',
  (state) => {
    for (const next of reachable(state)) expect(['placing', 'awaiting-dispatch']).not.toContain(next);
  },
);
