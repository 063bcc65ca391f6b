import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  setHandler,
} from '@temporalio/workflow';
import type { Markdown, Words } from '../contracts/names/markdown';
import { code, markdown } from '../contracts/names/markdown';
import type { Decision, Money, Stuck } from '../contracts/names/saga';
import { DECIDE, FAILURES, STUCK } from '../contracts/names/saga';
import { decisionIn, isApproved } from './decision-shape';
import { isInputSealed } from './failure-converter';
import { showDetails, showState } from './state';

/** Asks a person, and waits for as long as it takes. */
export interface Decisions {
  /**
   * Waits for the first decision from now on. Until then the saga is in `state`, and `words` say what has to be
   * decided. A decision that makes no sense is ignored, and the page says so: a typing error skips nothing. If several
   * steps ask at the same time, one is asked after the other.
   *
   * @param words for the workflow's page: plain text, or Markdown made with `markdown`
   * @param about for the command line: what cannot be done, and why
   */
  ask(state: string, words: Words, about?: Question): Promise<Decision>;
}

/** Decisions about questions that something else may answer before a person does. */
export interface Questions extends Decisions {
  /** Like `ask`, but returns `undefined` if something else answers the question before a person decides. */
  askUnless(
    answered: () => boolean,
    state: string,
    words: Words,
    about: Question,
  ): Promise<Decision | undefined>;
}

/** What a person is asked to decide. */
export interface Question {
  readonly what: string;
  readonly message: string;
  /**
   * Whether a decision other than `retry` needs two people, for example because it moves much money. It then comes as an
   * update with both names and their records (`sagaline sagas approve`); signals are ignored.
   */
  readonly fourEyes?: boolean;
}

const decide = defineSignal<[unknown]>(DECIDE);
const decideOrRefuse = defineUpdate<undefined, [unknown]>(DECIDE);
const stuck = defineQuery<Stuck | null>(STUCK);

const KINDS: Stuck['decisions'] = ['retry', 'skip', 'done-by-hand'];

/** How a person decides without the command line. */
function how(since: string): Markdown {
  return markdown`Decide with the signal ${code(DECIDE)}: ${code(JSON.stringify({ kind: 'retry', since }))}, or ${code('skip')} or ${code('done-by-hand')} with a ${code('reason')}.`;
}

const TWO_PEOPLE: Markdown = {
  markdown:
    'To `skip`, or to call it `done-by-hand`, takes two people: `sagaline sagas decide`, then `sagas approve`.',
};

/**
 * Registers the handlers of decisions. Call it before the workflow's first `await`. A decision that comes while no
 * question is open is ignored: it was made about something else.
 *
 * @param value what the process is worth at this moment, for those who decide: `undefined` while that is not known. It is
 * called by a query, so that it must change nothing, and it is not part of the history. What it throws counts as not known.
 *
 * @example
 * const decisions = openDecisions({ value: () => ({ amount: 1290, currency: 'EUR', digits: 2 }) });
 * const saga = openSaga(decisions);
 */
export function openDecisions({ value }: { readonly value?: () => Money | undefined } = {}): Questions {
  let asked: Stuck | undefined;
  let askedInWords: Words = '';
  let made: Decision | undefined;
  const tries = new Map<string, number>();

  const isAsking = () => asked !== undefined;
  const isOpen = () => asked !== undefined && made === undefined;
  const needsApproval = ({ kind }: Decision) => asked?.fourEyes === true && kind !== 'retry';
  // Who can write to Temporal can send a sealed decision once more, but seal none: it must name its question.
  const isAbout = ({ about, since }: Decision) =>
    (about === undefined || about === asked?.what) &&
    (since === undefined ? !isInputSealed() : since === asked?.since);

  setHandler(stuck, () => {
    if (!asked || !isOpen()) return null;
    const worth = known(value);
    return { ...asked, ...(worth && { value: worth }) };
  });

  setHandler(decide, (given) => {
    const decision = decisionIn(given);
    if (!asked || !isOpen() || (decision && !isAbout(decision))) {
      log.warn('a decision that nobody has asked for was ignored', { given });
      return;
    }
    // Anybody who can send a signal can write two names into it.
    if (decision && needsApproval(decision)) {
      log.warn('a decision of one person was ignored', { given });
      showDetails(markdown`${askedInWords}\n\nIgnored: it was decided by one.`);
      return;
    }
    made = decision;
    if (!made)
      showDetails(
        markdown`${askedInWords}\n\n${how(asked.since)}\n\nIgnored, because it is none of these: ${code(given === undefined ? 'nothing' : JSON.stringify(given))}`,
      );
  });

  setHandler(
    decideOrRefuse,
    (given) => {
      made = decisionIn(given);
      return undefined;
    },
    {
      validator: (given) => {
        const decision = decisionIn(given);
        if (!decision) throw refusal(FAILURES.invalidInput, `this is no decision: ${JSON.stringify(given)}`);
        if (!isOpen()) throw refusal(FAILURES.notStuck, 'nothing has to be decided here');
        if (!isAbout(decision))
          throw refusal(
            FAILURES.notStuck,
            `what is stuck is ${asked?.what ?? ''}, since ${asked?.since ?? ''}; the decision was about ${decision.about ?? 'something'} since ${decision.since ?? 'no time'}`,
          );
        if (needsApproval(decision) && !isApproved(given))
          throw refusal(FAILURES.notApproved, 'this decision needs the approval of a second person');
      },
    },
  );

  async function askUnless(
    answered: () => boolean,
    state: string,
    words: Words,
    { what, message, fourEyes }: Question,
  ): Promise<Decision | undefined> {
    // Several questions may wait here. Each checks again, because the one before it may be open by then.
    while (isAsking()) await condition(() => !isAsking());
    const tried = (tries.get(what) ?? 0) + 1;
    tries.set(what, tried);
    const since = new Date().toISOString();
    asked = { state, what, message, since, tried, decisions: KINDS, ...(fourEyes && { fourEyes }) };
    askedInWords = fourEyes ? markdown`${words}\n\n${TWO_PEOPLE}` : words;
    made = undefined;
    showState(state, markdown`${askedInWords}\n\n${how(since)}`);
    await condition(() => made !== undefined || answered());
    asked = undefined;
    return made;
  }

  return {
    askUnless,
    ask: async (state, words, about = { what: state, message: textOf(words) }) => {
      const decision = await askUnless(() => false, state, words, about);
      if (!decision) throw new Error('nothing but a person answers a question');
      return decision;
    },
  };
}

/** A question must be answerable although its value cannot be told. */
function known(value: (() => Money | undefined) | undefined): Money | undefined {
  try {
    return value?.();
  } catch {
    return undefined;
  }
}

function textOf(words: Words): string {
  return typeof words === 'string' ? words : words.markdown;
}

function refusal(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
