/** Names that workflows, bridge and tools share; plain constants, so that a workflow bundle stays small. */

/** Search attributes of every saga, registered at each start. */
export const SEARCH_ATTRIBUTES = { sagaState: 'SagaState', correlationId: 'CorrelationId' } as const;

// The keys of the search attributes, of Temporal's type `SearchAttributeKey`. They are plain data, so that nothing
// has to load the SDK.
export const SAGA_STATE = { name: SEARCH_ATTRIBUTES.sagaState, type: 'KEYWORD' } as const;
export const CORRELATION_ID = { name: SEARCH_ATTRIBUTES.correlationId, type: 'KEYWORD' } as const;

// States that belong to the engine; a domain adds its own.
/** A compensation fails for good. */
export const COMPENSATION_STUCK = 'compensation-stuck';
/** The pivot, or a step after it, cannot be done. */
export const STEP_STUCK = 'step-stuck';

/** The states of a batcher. */
export const BATCHER_STATES = {
  /** The batcher has events. It waits for more, or for the time of its batch. */
  collecting: 'collecting',
  /** A flush is running; it may take any time. */
  flushing: 'flushing',
  /** A batch was refused; a person has to decide. */
  flushStuck: 'flush-stuck',
  /** The batcher has no events; it has closed or is about to close. */
  idle: 'idle',
} as const;

/**
 * Name of the signal and of the update with which a person decides about a step, a compensation or a flush that
 * cannot be done. If no decision is pending ({@link FAILURES}.notStuck) or the decision makes no sense, the update is
 * refused and the signal is ignored.
 */
export const DECIDE = 'sagaline.decide';

/**
 * What a person can decide. With `about` the decision applies only if this is what is stuck, by its name in
 * {@link Stuck.what}; with `since`, only to the question of this time, {@link Stuck.since}. In a workflow with encrypted
 * payloads a decision without `since` is refused: sent once more, it would answer the next question, too.
 */
export type Decision = { readonly about?: string; readonly since?: string } & (
  | { readonly kind: 'retry' }
  /** Continue without it. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** It was done outside of Sagaline. */
  | { readonly kind: 'done-by-hand'; readonly reason: string }
);

/** Name of the activity with which a workflow reads settings of its domain. */
export const SETTINGS_ACTIVITY = 'sagaline.settings';

/**
 * Name of the query that every workflow with decisions answers: a {@link Stuck}, or `null` while no decision is
 * pending.
 */
export const STUCK = 'sagaline.stuck';

/**
 * An amount of money, for people who weigh what a process that is stuck puts at risk.
 *
 * @example
 * const total: Money = { amount: 1290, currency: 'EUR', digits: 2 };
 */
export interface Money {
  /** In minor units, a whole number: 1290 is 12.90 EUR. */
  readonly amount: number;
  /** Code of ISO 4217. */
  readonly currency: string;
  /** Decimal places of the currency: 2 for EUR, 0 for JPY. The engine has no list of currencies. */
  readonly digits: number;
}

/** What a person has to decide about. */
export interface Stuck {
  /** The saga's state while it waits. */
  readonly state: string;
  /** The step, compensation or flush that cannot be done: `voidPayment`. */
  readonly what: string;
  /** Why it cannot be done. */
  readonly message: string;
  /** When the wait for a decision began: ISO 8601, by the workflow's clock. */
  readonly since: string;
  /** Number of tries, each with all the retries that its activity's options allow. */
  readonly tried: number;
  readonly decisions: readonly Decision['kind'][];
  /** A decision other than `retry` needs the names of two people: {@link Approved}. */
  readonly fourEyes?: true;
  /** What the process is worth, if it tells that: the money at risk. */
  readonly value?: Money;
}

/** What an update has beside its decision if two people have made it. */
export interface Approved {
  readonly by: string;
  /** Sequence of the decision's record in the audit. */
  readonly audit: number;
  readonly approvedBy: string;
  /** Sequence of the approval's record in the audit. */
  readonly approval: number;
}

/**
 * Name of the update with which an endpoint sends the event that opens a process, and waits for the answer: an
 * `EndpointAnswer`.
 */
export const SUBMIT = 'sagaline.submit';
/** Name of the query for the same answer, also on a closed workflow; `null` until there is an answer. */
export const ANSWER = 'sagaline.answer';

/** What every workflow returns, so that the bridge can tell a repeated event from a late one. */
export interface SagaResult<State extends string = string> {
  readonly state: State;
  /** Identities of the events seen: the latest `REMEMBERED_EVENTS`. */
  readonly seen: readonly string[];
}

/**
 * Number of identities that a workflow remembers. 1,000 of the longest, outside ASCII, take 1.5 MiB of the 2 MiB of a
 * payload; usual ones take 0.1 MiB.
 */
export const REMEMBERED_EVENTS = 1_000;

/**
 * Number of events that a workflow hands to one dead-lettering activity. Events of the usual size stay far below the
 * 2 MiB of a payload.
 */
export const DEAD_LETTERED_AT_ONCE = 100;

/**
 * What a failed step means (docs/saga.md). `refused`: final, without effect, with a type of the domain. `defect`:
 * final, with unknown effect; code, configuration or a provider's answer has to be fixed. `unknown`: given up at the
 * deadline, with unknown effect.
 */
export type FailureMeaning = 'refused' | 'defect' | 'unknown';

/** The first detail of a failure that crosses an activity's boundary. */
export interface FailureDetail {
  readonly meaning: FailureMeaning;
}

/** The meaning that a failure carries; `unknown` if it carries none, whether or not it may be retried. */
export function meaningIn(details: readonly unknown[] | null | undefined): FailureMeaning {
  const [first] = details ?? [];
  const meaning =
    typeof first === 'object' && first !== null && 'meaning' in first ? first.meaning : undefined;
  return meaning === 'refused' || meaning === 'defect' ? meaning : 'unknown';
}

/** Failure types of the engine. A business refusal has a type of its domain instead. */
export const FAILURES = {
  /** Defect: the step was compensated before this late attempt began. */
  stepCompensated: 'step-compensated',
  /** Defect: PostgreSQL cannot store the result of a step, whether or not a provider has done its part. */
  notStorable: 'not-storable',
  /** Defect: a provider's answer does not fit its schema, or a provider says that our request is wrong. */
  providerAnswer: 'provider-answer',
  /** The submission for which a workflow waited never came. */
  unmatched: 'unmatched',
  /** Defect: the input of an activity does not fit its schema. Also used for a decision that makes no sense. */
  invalidInput: 'invalid-input',
  /** A decision was sent while none was pending. */
  notStuck: 'not-stuck',
  /** A decision of one person was sent about a question that needs two. */
  notApproved: 'not-approved',
} as const;
