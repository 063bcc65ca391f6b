/** Names that workflows, bridge and tools share; plain constants, so that a workflow bundle stays small. */

/** Search attributes of every saga, registered at each start. */
export const SEARCH_ATTRIBUTES = { sagaState: 'SagaState', correlationId: 'CorrelationId' } as const;

// Their keys, of Temporal's type `SearchAttributeKey`: plain data, for which the SDK need not be loaded.
export const SAGA_STATE = { name: SEARCH_ATTRIBUTES.sagaState, type: 'KEYWORD' } as const;
export const CORRELATION_ID = { name: SEARCH_ATTRIBUTES.correlationId, type: 'KEYWORD' } as const;

// States that belong to the engine; a domain adds its own.
/** A compensation fails for good. */
export const COMPENSATION_STUCK = 'compensation-stuck';
/** The pivot, or a step behind it, cannot be done. */
export const STEP_STUCK = 'step-stuck';

/** Where a batcher stands. */
export const BATCHER_STATES = {
  /** It has events, and waits for more, or for the time of its batch. */
  collecting: 'collecting',
  /** A batch is on its way; for as long as it takes. */
  flushing: 'flushing',
  /** A batch was refused: a person's turn. */
  flushStuck: 'flush-stuck',
  /** It has nothing; closed, or about to close. */
  idle: 'idle',
} as const;

/**
 * Signal, and update, with which a person decides about a step, a compensation or a flush that cannot be done. The update
 * is refused where nobody has asked ({@link FAILURES}.notStuck) or the decision makes no sense; the signal is then ignored.
 */
export const DECIDE = 'sagaline.decide';

/** What a person can decide. `about`: only if this is what is stuck, by the name that {@link Stuck.what} gives. */
export type Decision = { readonly about?: string } & (
  | { readonly kind: 'retry' }
  /** Go on without it. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** It was done outside of Sagaline. */
  | { readonly kind: 'done-by-hand'; readonly reason: string }
);

/** Activity by which a workflow reads settings of its domain. */
export const SETTINGS_ACTIVITY = 'sagaline.settings';

/** Query that every workflow with decisions answers: a {@link Stuck}, or `null` while nobody has to decide. */
export const STUCK = 'sagaline.stuck';

/** What a person has to decide about. */
export interface Stuck {
  /** The saga's state meanwhile. */
  readonly state: string;
  /** The step, compensation or flush that cannot be done: `voidPayment`. */
  readonly what: string;
  /** Why not. */
  readonly message: string;
  /** Since when it is waited for a decision: ISO 8601, by the workflow's clock. */
  readonly since: string;
  /** How often it has been tried, each time with all the repeats that its activity's options allow. */
  readonly tried: number;
  readonly decisions: readonly Decision['kind'][];
}

/** Update with which an endpoint brings the event that opens a process, and waits for its answer: an `EndpointAnswer`. */
export const SUBMIT = 'sagaline.submit';
/** Query for the same answer, also of a closed workflow; `null` while there is none. */
export const ANSWER = 'sagaline.answer';

/** What every workflow returns, so that the bridge can tell a repeated event from a late one. */
export interface SagaResult<State extends string = string> {
  readonly state: State;
  /** Identities of the events seen: the latest `REMEMBERED_EVENTS`. */
  readonly seen: readonly string[];
}

/** Identities that a workflow remembers; 1,000 of the longest, beyond ASCII, take 1.5 MiB of the 2 MiB that a payload may have, usual ones 0.1 MiB. */
export const REMEMBERED_EVENTS = 1_000;

/** Events that a workflow hands to one activity that dead-letters them: of the usual size, they stay far below a payload's 2 MiB. */
export const DEAD_LETTERED_AT_ONCE = 100;

/**
 * What a failed step means (docs/saga.md). `refused`: no effect, final, with the domain's own type. `defect`: final, the
 * effect unknown; code, configuration or a provider's answer has to be mended. `unknown`: given up at the deadline, the
 * effect unknown.
 */
export type FailureMeaning = 'refused' | 'defect' | 'unknown';

/** First detail of the failure that crosses an activity's boundary. */
export interface FailureDetail {
  readonly meaning: FailureMeaning;
}

/** The meaning that a failure carries; `unknown` for one that carries none, whether or not it may be retried. */
export function meaningIn(details: readonly unknown[] | null | undefined): FailureMeaning {
  const [first] = details ?? [];
  const meaning =
    typeof first === 'object' && first !== null && 'meaning' in first ? first.meaning : undefined;
  return meaning === 'refused' || meaning === 'defect' ? meaning : 'unknown';
}

/** Failure types of the engine. A business refusal has a type of its domain instead. */
export const FAILURES = {
  /** Defect: a step was compensated before this late attempt came to do it. */
  stepCompensated: 'step-compensated',
  /** Defect: PostgreSQL cannot store what a step has come to, whether or not a provider has done its part. */
  notStorable: 'not-storable',
  /** Defect: a provider's answer does not fit its schema, or a provider says that our request is wrong. */
  providerAnswer: 'provider-answer',
  /** The submission for which a workflow waited never came. */
  unmatched: 'unmatched',
  /** Defect: the input of an activity does not fit its schema. Also of a decision that makes no sense. */
  invalidInput: 'invalid-input',
  /** A decision that nobody has asked for. */
  notStuck: 'not-stuck',
} as const;
