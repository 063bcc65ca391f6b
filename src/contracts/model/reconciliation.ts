import type { ProcessDefinition } from './route';

/** A disagreement between a process and its effects that does not resolve by itself. */
export interface Finding {
  /** The correlation key of the process, for example the order id. */
  readonly key: string;
  /** In the domain's words: `saga-gone`, `money`, `stock`, … */
  readonly kind: string;
  /** For a person. */
  readonly detail: string;
  /**
   * `compensate`: a command can compensate the effects that are left over. `by-hand`: a person has to find out what
   * is right.
   */
  readonly repair: 'compensate' | 'by-hand';
}

/** The result of one check, of all processes or of one. */
export interface ReconciliationReport {
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** Number of findings for which the report had no room. */
  readonly omitted: number;
}

/** The result of a repair. A repair that is not `repaired` has changed nothing; `why` gives the cause. */
export interface RepairResult {
  readonly state: 'repaired' | 'refused';
  readonly why?: string;
}

/** How a domain finds processes whose effects and state do not agree, and compensates what is left over. */
export interface Reconciliation {
  /** The processes that it checks. */
  readonly of: ProcessDefinition;
  /** The workflow that checks: it takes `{ key? }` and returns a {@link ReconciliationReport}. A schedule runs it. */
  readonly check: { readonly name: string; readonly taskQueue: string };
  /**
   * The workflow that compensates the effects that one process has left over: it takes `{ key }` and returns a
   * {@link RepairResult}.
   */
  readonly repair: ProcessDefinition;
}
