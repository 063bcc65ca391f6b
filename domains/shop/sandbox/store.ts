import { z } from 'zod';
import { factSchema, type Fact } from './facts';
import type { Journal } from './journal';
import { emptyState, evolve, type State } from './state';

/** The state and its journal. An answer or a webhook is only sent after its facts are in the journal. */
export interface Store {
  readonly state: State;
  /** Writes the facts as one journal line, changes the state, and calls the listeners. A failed write changes nothing. */
  commit(facts: readonly Fact[]): void;
  /** Calls the listener with each committed fact. */
  onCommitted(listener: (fact: Fact) => void): void;
}

/**
 * Thrown at the start when a whole line of the journal cannot be read: a sandbox with a gap in its state would be worse
 * than none.
 */
export class JournalUnreadableError extends Error {
  override readonly name = 'JournalUnreadableError';

  constructor(
    readonly line: number,
    options: ErrorOptions,
  ) {
    super(`line ${line} of the sandbox's journal cannot be read; delete the file to start afresh`, options);
  }
}

const lineSchema = z.array(factSchema);

export function createStore(journal: Journal): Store {
  const state = emptyState();
  const listeners: ((fact: Fact) => void)[] = [];
  journal.lines.forEach((line, index) => {
    for (const fact of readLine(line, index + 1)) evolve(state, fact);
  });

  return {
    state,
    commit: (facts) => {
      journal.append(JSON.stringify(facts));
      for (const fact of facts) evolve(state, fact);
      for (const fact of facts) for (const listener of listeners) listener(fact);
    },
    onCommitted: (listener) => void listeners.push(listener),
  };
}

function readLine(line: string, number: number): Fact[] {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new JournalUnreadableError(number, { cause });
  }
}
