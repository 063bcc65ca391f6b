import type { Kind, Work } from './model';

/** A step of a closed process, as its history tells it. Times are in seconds. */
export interface StepTime {
  readonly taskQueue: string;
  /** From the request to the start; `undefined` if it was tried again, so that the history does not tell. */
  readonly waited: number | undefined;
  /** From the start of the last attempt to its end: the time of a slot. */
  readonly ran: number;
}

/** A closed process. */
export interface RunTimes {
  readonly workflow: string;
  readonly steps: readonly StepTime[];
}

/** How often an event arrives that begins a process of a workflow. */
export interface Arrival {
  readonly event: string;
  readonly workflow: string;
  readonly perSecond: number;
}

/**
 * One kind of event for each workflow. Where several may begin it, whichever comes first, a process gets one of each: the most
 * frequent one counts the processes.
 */
export function beginnings(arrivals: readonly Arrival[]): Arrival[] {
  const byWorkflow = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const other = byWorkflow.get(arrival.workflow);
    if (other === undefined || arrival.perSecond > other.perSecond) byWorkflow.set(arrival.workflow, arrival);
  }
  return [...byWorkflow.values()];
}

/**
 * The work that an event of each kind makes, as a mean over the closed processes of the workflow that it begins.
 *
 * @param arrivals events that begin processes, with the workflow of each
 */
export function kindsOf(
  arrivals: readonly Arrival[],
  runs: readonly RunTimes[],
  poolOf: (taskQueue: string) => string | undefined,
): Kind[] {
  return arrivals.map(({ event, workflow, perSecond }) => ({
    ...{ event, perSecond },
    work: workOf(
      runs.filter((run) => run.workflow === workflow),
      poolOf,
    ),
  }));
}

function workOf(runs: readonly RunTimes[], poolOf: (taskQueue: string) => string | undefined): Work[] {
  const byPool = new Map<string, StepTime[]>();
  for (const step of runs.flatMap(({ steps }) => steps)) {
    const pool = poolOf(step.taskQueue);
    if (pool !== undefined) byPool.set(pool, [...(byPool.get(pool) ?? []), step]);
  }
  return [...byPool].map(([pool, steps]) => ({
    pool,
    steps: steps.length / runs.length,
    serviceTime: mean(steps.map(({ ran }) => ran)) ?? 0,
  }));
}

/** The mean seconds that steps of a pool have waited for a slot; `undefined` if no history tells. */
export function measuredWait(runs: readonly RunTimes[], taskQueue: string): number | undefined {
  const steps = runs.flatMap((run) => run.steps).filter((step) => step.taskQueue === taskQueue);
  return mean(steps.flatMap(({ waited }) => waited ?? []));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
