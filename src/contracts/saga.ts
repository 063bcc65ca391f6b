/** Names that workflows, bridge and tools share; plain constants, so that a workflow bundle stays small. */

/** Search attributes of every saga, registered at each start. */
export const SEARCH_ATTRIBUTES = { sagaState: 'SagaState', correlationId: 'CorrelationId' } as const;

/** States that belong to the engine; a domain adds its own. */
export const COMPENSATION_STUCK = 'compensation-stuck';

/** Signal with which a person decides about a compensation that keeps failing. */
export const DECIDE_COMPENSATION = 'sagaline.decide-compensation';

/** What a person can decide about a stuck compensation. */
export type CompensationDecision =
  | { readonly kind: 'retry' }
  /** Leave the effect in place. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** The effect was undone outside of Sagaline. */
  | { readonly kind: 'done-by-hand'; readonly reason: string };

/** What every workflow returns, so that the bridge can tell a repeated event from a late one. */
export interface SagaResult<State extends string = string> {
  readonly state: State;
  /** Identities of the events seen: the latest {@link REMEMBERED_EVENTS}. */
  readonly seen: readonly string[];
}

/** Identities that a workflow remembers; 1,000 of them stay below 0.5 MiB of the 2 MiB that a payload may have. */
export const REMEMBERED_EVENTS = 1_000;

/** Failure types of the engine. A business refusal has a type of its domain instead. */
export const FAILURES = {
  /** A step was undone before this late attempt came to do it. */
  stepUndone: 'step-undone',
  /** The submission for which a workflow waited never came. */
  unmatched: 'unmatched',
  /** The input of an activity does not fit its schema. */
  invalidInput: 'invalid-input',
} as const;
