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
import type { Approved, Decision, Stuck } from '../contracts/names/saga';
import { DECIDE, FAILURES, STUCK } from '../contracts/names/saga';
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
const HOW: Markdown = {
  markdown:
    'Decide with the signal `sagaline.decide`: `{"kind":"retry"}`, or `skip` or `done-by-hand` with a `reason`.',
};

const TWO_PEOPLE: Markdown = {
  markdown:
    'To `skip`, or to call it `done-by-hand`, takes two people: `sagaline sagas decide`, then `sagas approve`.',
};

/**
 * Registers the handlers of decisions. Call it before the workflow's first `await`. A decision that comes while no
 * question is open is ignored: it was made about something else.
 *
 * @example
 * const decisions = openDecisions();
 * const saga = openSaga(decisions);
 */
export function openDecisions(): Questions {
  let asked: Stuck | undefined;
  let askedInWords: Words = '';
  let made: Decision | undefined;
  const tries = new Map<string, number>();

  const isAsking = () => asked !== undefined;
  const isOpen = () => asked !== undefined && made === undefined;
  const needsApproval = ({ kind }: Decision) => asked?.fourEyes === true && kind !== 'retry';
  const isAbout = ({ about }: Decision) => about === undefined || about === asked?.what;

  setHandler(stuck, () => (asked && isOpen() ? asked : null));

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
        markdown`${askedInWords}\n\n${HOW}\n\nIgnored, because it is none of these: ${code(given === undefined ? 'nothing' : JSON.stringify(given))}`,
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
            `what is stuck is ${asked?.what ?? ''}, not ${decision.about ?? ''}`,
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
    showState(state, markdown`${askedInWords}\n\n${HOW}`);
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

/** Whether an update has the names and records of two people. */
function isApproved(given: unknown): boolean {
  const { by, audit, approvedBy, approval } = given as { readonly [Name in keyof Approved]?: unknown };
  const isName = (name: unknown) => typeof name === 'string' && name.trim() !== '';
  return (
    isName(by) &&
    isName(approvedBy) &&
    by !== approvedBy &&
    isRecord(audit) &&
    isRecord(approval) &&
    audit !== approval
  );
}

function isRecord(sequence: unknown): boolean {
  return Number.isSafeInteger(sequence) && (sequence as number) > 0;
}

function textOf(words: Words): string {
  return typeof words === 'string' ? words : words.markdown;
}

function refusal(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/**
 * Reads a decision; `undefined` if it is not valid. A person may send anything in a signal, and an invalid signal must
 * not fail the workflow task.
 */
function decisionIn(given: unknown): Decision | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { kind, reason, about } = given as { kind?: unknown; reason?: unknown; about?: unknown };
  if (about !== undefined && typeof about !== 'string') return undefined;
  const aim = about === undefined ? {} : { about };
  if (kind === 'retry') return { kind, ...aim };
  if ((kind === 'skip' || kind === 'done-by-hand') && typeof reason === 'string' && reason !== '')
    return { kind, reason, ...aim };
  return undefined;
}
