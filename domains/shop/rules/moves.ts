import { EVENTS } from '../names';
import type { OrderInput } from './inputs';
import type { OrderMachineState, Refusal } from './transitions';
import { BACK, isRefusal, TRANSITIONS } from './transitions';

/** The table of transitions in rows, and the changes of state in it: for the state diagram and docs/order.md. */

export interface Row {
  readonly from: OrderMachineState;
  readonly input: OrderInput;
  readonly target: OrderMachineState | Refusal | typeof BACK;
}

/** One row for each transition. */
export const rows: readonly Row[] = Object.entries(TRANSITIONS).flatMap(([from, transitions]) =>
  Object.entries(transitions).map(([input, target]) => ({
    from: from as OrderMachineState,
    input: input as OrderInput,
    target: target as Row['target'],
  })),
);

/** Moves from one state to another. The way back leads to each state that the present one can be reached from. */
export const moves = rows.flatMap(({ from, input, target }) => {
  if (isRefusal(target) || target === from) return [];
  if (target !== BACK) return [{ from, input, target }];
  return rows.filter((row) => row.target === from).map((row) => ({ from, input, target: row.from }));
});

/** Shortens `dev.sagaline.shop.orders.submitted.v1` to `orders.submitted`, for readers. */
export function shortName(input: OrderInput): string {
  return Object.values<string>(EVENTS).includes(input) ? input.split('.').slice(-3, -1).join('.') : input;
}
