import type { OrderInput, OrderPlace } from '../../domains/shop/rules/transitions';
import { BACK, eventsAt, isRefusal, transition } from '../../domains/shop/rules/transitions';
import type { Decisions } from 'sagaline/workflow';
import { showDetails, showState } from 'sagaline/workflow';
import type { OrderEvent } from './order-events';

/** Where one order stands. It moves by the table of transitions, and by nothing else. */
export interface Course {
  readonly place: OrderPlace;
  /**
   * Moves on, and shows it. An input that the table does not have is a defect: the error fails the workflow task, and the
   * order stands still instead of going a way that nobody has thought of.
   */
  go(input: OrderInput, words: string): void;
  /** Moves on; the new state is shown by whoever works in it, the compensation scope for example. */
  pass(input: OrderInput): OrderPlace;
  /** Where an input would lead. */
  leadsTo(input: OrderInput): OrderPlace;
  /** The events for which the order looks where it stands: those that it takes, and those that it refuses. */
  looksFor(): OrderEvent['type'][];
  /** The events that it would refuse here. */
  refuses(): OrderEvent['type'][];
}

export function openCourse(): Course {
  let place: OrderPlace = 'placing';
  let before: OrderPlace = place;

  function leadsTo(input: OrderInput): OrderPlace {
    const target = transition(place, input);
    if (target === BACK) return before;
    if (target !== undefined && !isRefusal(target)) return target;
    throw new Error(`an order that is ${place} has no way on for ${input}`);
  }

  function pass(input: OrderInput): OrderPlace {
    [before, place] = [place, leadsTo(input)];
    return place;
  }

  return {
    get place() {
      return place;
    },
    pass,
    leadsTo,
    go: (input, words) => {
      const shown = place;
      if (pass(input) === shown) showDetails(words);
      else showState(place, words);
    },
    looksFor: () => [...eventsAt(place, 'taken'), ...eventsAt(place, 'refused')] as OrderEvent['type'][],
    refuses: () => eventsAt(place, 'refused') as OrderEvent['type'][],
  };
}

/** Decisions about a step that has no way back: the order is shown as stuck meanwhile, and its place stays what it is. */
export function forwardDecisions(course: Course, decisions: Decisions): Decisions {
  return {
    ask: async (state, words, about) => {
      const decision = await decisions.ask(state, words, about);
      showState(course.place, `${about?.what ?? ''}: ${decision.kind}.`);
      return decision;
    },
  };
}

/** Decisions about an undo: the scope asks for them, and the order stands as stuck meanwhile. */
export function undoDecisions(course: Course, decisions: Decisions): Decisions {
  return {
    ask: async (_, words, about) => {
      const decision = await decisions.ask(course.pass('undo-failed'), words, about);
      course.pass('undo-decided');
      return decision;
    },
  };
}
