import type { ProcessDefinition } from './route';

/** Something that does not add up, and would stay so. */
export interface Finding {
  /** Of the process: the order id. */
  readonly key: string;
  /** In the domain's words: `saga-gone`, `money`, `stock`, … */
  readonly kind: string;
  /** For a person. */
  readonly detail: string;
  /** `compensate`: what is left over can be compensated by command. `by-hand`: a person has to find out what is right. */
  readonly repair: 'compensate' | 'by-hand';
}

/** What one look at all processes, or at one, has found. */
export interface ReconciliationReport {
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** Findings for which the report had no room. */
  readonly omitted: number;
}

/** How a repair has ended. Anything but `repaired` has changed nothing, and `why` says the cause. */
export interface RepairResult {
  readonly state: 'repaired' | 'refused';
  readonly why?: string;
}

/** How a domain finds processes whose effects and state do not agree, and compensates what is left over. */
export interface Reconciliation {
  /** The processes that it looks at. */
  readonly of: ProcessDefinition;
  /** Workflow that looks: takes `{ key? }`, returns a {@link ReconciliationReport}. A schedule runs it. */
  readonly check: { readonly name: string; readonly taskQueue: string };
  /** Workflow that compensates what one process has left: takes `{ key }`, returns a {@link RepairResult}. */
  readonly repair: ProcessDefinition;
}
