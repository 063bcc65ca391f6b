import { setTimeout as pause } from 'node:timers/promises';
import type { Fact, Plan } from './facts';
import { settlePending } from './payments';
import { moveOn, type CarrierTimes } from './shipments';
import type { Sources } from './sources';
import type { Store } from './store';

export interface PlannerParts {
  readonly store: Store;
  readonly sources: Sources;
  readonly times: CarrierTimes;
  readonly signal: AbortSignal;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}

export interface Planner {
  /** Takes up what earlier lives left; call it once the port is ours. What fell due in between is done at once. */
  catchUp(): void;
}

/** Carries out what the providers do by themselves, when it is due. */
export function createPlanner({ store, sources, times, signal, log }: PlannerParts): Planner {
  function carryOut(plan: Plan): void {
    pause(Math.max(0, plan.dueAt - sources.now()), undefined, { signal, ref: false })
      .then(() => store.commit([{ kind: 'plan-done', id: plan.id }, ...factsOf(plan)]))
      .catch((error: unknown) => {
        if (!signal.aborted) log('a planned step failed', { plan, error });
      });
  }

  function factsOf(plan: Plan): Fact[] {
    switch (plan.step) {
      case 'authorize':
      case 'decline': {
        const record = store.state.payments.get(plan.subject);
        return record ? settlePending(record, plan.step, sources) : [];
      }
      case 'dispatch':
      case 'deliver':
      case 'lose': {
        const record = store.state.shipments.get(plan.subject);
        return record ? moveOn(record, plan.step, times, sources) : [];
      }
      default:
        return plan.step satisfies never;
    }
  }

  const backlog = [...store.state.openPlans.values()];
  store.onDurable((fact) => {
    if (fact.kind === 'planned') carryOut(fact.plan);
  });
  return { catchUp: () => backlog.forEach(carryOut) };
}
