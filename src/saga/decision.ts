import { condition, defineSignal, log, setHandler } from '@temporalio/workflow';
import type { Decision } from '../contracts/saga';
import { DECIDE } from '../contracts/saga';
import { showDetails, showState } from './state';

/** Asks a person, and waits for as long as it takes. */
export interface Decisions {
  /**
   * The first decision from now on. Until then the saga stands in `state`, and the words say what has to be decided.
   * One that makes no sense is ignored, and the words say so: nothing is skipped by a typing error.
   */
  ask(state: string, words: string): Promise<Decision>;
}

const decide = defineSignal<[unknown]>(DECIDE);

const HOW =
  'Decide with the signal `sagaline.decide`: `{"kind":"retry"}`, or `skip` or `done-by-hand` with a `reason`.';

/**
 * To be called before the workflow's first `await`. Decisions that come while nobody asks are ignored: they were made
 * about something else.
 */
export function openDecisions(): Decisions {
  let asked: string | undefined;
  let made: Decision | undefined;

  setHandler(decide, (given) => {
    if (asked === undefined || made) {
      log.warn('a decision that nobody has asked for was ignored', { given });
      return;
    }
    made = decisionIn(given);
    if (!made)
      showDetails(`${asked}\n\n${HOW}\n\nIgnored, because it is none of these: \`${JSON.stringify(given)}\``);
  });

  return {
    ask: async (state, words) => {
      asked = words;
      made = undefined;
      showState(state, `${words}\n\n${HOW}`);
      await condition(() => made !== undefined);
      asked = undefined;
      return made as unknown as Decision;
    },
  };
}

/** Signals come from people's hands: whatever this is, it must not fail the workflow task. */
function decisionIn(given: unknown): Decision | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { kind, reason } = given as { kind?: unknown; reason?: unknown };
  if (kind === 'retry') return { kind };
  if ((kind === 'skip' || kind === 'done-by-hand') && typeof reason === 'string' && reason !== '')
    return { kind, reason };
  return undefined;
}
