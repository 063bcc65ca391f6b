import { z } from 'zod';
import { factSchema, type Fact } from './facts';
import type { Journal } from './journal';
import { emptyState, evolve, type State } from './state';

/** The state and its journal. What a caller has been answered, or a webhook has told, is on the disk before. */
export interface Store {
  readonly state: State;
  /**
   * Changes the state at once, in the same turn of the event loop; resolves when the facts, one journal line, are on
   * the disk and the listeners have been told.
   */
  commit(facts: readonly Fact[]): Promise<void>;
  /** As `commit`, for a fact whose loss with the power does no harm; nobody is told. */
  note(fact: Fact): void;
  /** Resolves when everything in the state is on the disk: await it before showing any of it. */
  durable(): Promise<void>;
  /** The listener is told each committed fact, once it is on the disk. */
  onDurable(listener: (fact: Fact) => void): void;
}

/** Thrown at the start when a whole line of the journal cannot be read: better no sandbox than one with a gap. */
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
    commit: async (facts) => {
      for (const fact of facts) evolve(state, fact);
      await journal.append(JSON.stringify(facts));
      for (const fact of facts) for (const tell of listeners) tell(fact);
    },
    note: (fact) => {
      evolve(state, fact);
      journal.note(JSON.stringify([fact]));
    },
    durable: () => journal.flushed(),
    onDurable: (listener) => void listeners.push(listener),
  };
}

function readLine(line: string, number: number): Fact[] {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new JournalUnreadableError(number, { cause });
  }
}
