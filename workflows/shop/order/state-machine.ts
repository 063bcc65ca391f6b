import type { OrderInput } from '../../../domains/shop/rules/inputs';
import type { OrderMachineState } from '../../../domains/shop/rules/transitions';
import { BACK, eventsAt, isRefusal, transition } from '../../../domains/shop/rules/transitions';
import type { Decisions, Words } from 'sagaline/workflow';
import { showDetails, showState } from 'sagaline/workflow';
import type { OrderEvent } from './events';

/** The state machine of one order. It changes state only by the table of transitions. */
export interface OrderStateMachine {
  readonly state: OrderMachineState;
  /**
   * Makes a transition, and shows the new state. An input that the table does not have is a defect: the error fails the workflow
   * task, and the order stops instead of making a transition that nobody has designed.
   */
  transition(input: OrderInput, words: Words): void;
  /** Makes a transition; the caller shows the new state, the compensation scope for example. */
  transitionSilently(input: OrderInput): OrderMachineState;
  /** The state to which an input would lead. */
  targetOf(input: OrderInput): OrderMachineState;
  /** The events that count in the present state: those that it takes, and those that it refuses. */
  relevantEvents(): OrderEvent['type'][];
  /** The events that the present state refuses. */
  refusedEvents(): OrderEvent['type'][];
}

export function createOrderStateMachine(): OrderStateMachine {
  let state: OrderMachineState = 'placing';
  let before: OrderMachineState = state;

  function targetOf(input: OrderInput): OrderMachineState {
    const target = transition(state, input);
    if (target === BACK) return before;
    if (target !== undefined && !isRefusal(target)) return target;
    throw new Error(`an order that is ${state} has no way on for ${input}`);
  }

  function transitionSilently(input: OrderInput): OrderMachineState {
    [before, state] = [state, targetOf(input)];
    return state;
  }

  return {
    get state() {
      return state;
    },
    transitionSilently,
    targetOf,
    transition: (input, words) => {
      const shown = state;
      if (transitionSilently(input) === shown) showDetails(words);
      else showState(state, words);
    },
    relevantEvents: () =>
      [...eventsAt(state, 'taken'), ...eventsAt(state, 'refused')] as OrderEvent['type'][],
    refusedEvents: () => eventsAt(state, 'refused') as OrderEvent['type'][],
  };
}

/** Decisions about a step that has no way back: the order is shown as stuck meanwhile, but its state does not change. */
export function forwardDecisions(machine: OrderStateMachine, decisions: Decisions): Decisions {
  return {
    ask: async (state, words, about) => {
      const decision = await decisions.ask(state, words, about);
      showState(machine.state, `${about?.what ?? ''}: ${decision.kind}.`);
      return decision;
    },
  };
}

/** Decisions about a compensation: the scope asks for them, and the order is in the state of a stuck compensation meanwhile. */
export function compensationDecisions(machine: OrderStateMachine, decisions: Decisions): Decisions {
  return {
    ask: async (_, words, about) => {
      const decision = await decisions.ask(machine.transitionSilently('compensation-failed'), words, about);
      machine.transitionSilently('compensation-decided');
      return decision;
    },
  };
}
