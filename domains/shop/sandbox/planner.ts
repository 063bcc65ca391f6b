import { PAYMENT_STEPS, type Fact, type PaymentStep, type Plan, type ShipmentStep } from './facts';
import { paymentStep } from './payments/later';
import type { PaymentTimes } from './payments/payment';
import { moveOn } from './shipments/changes';
import type { CarrierTimes } from './shipments/shipment';
import type { Sources } from './sources';
import type { Store } from './store';

export interface PlannerParts {
  readonly store: Store;
  readonly sources: Sources;
  readonly times: CarrierTimes & PaymentTimes;
  readonly signal: AbortSignal;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}

export interface Planner {
  /**
   * Continues the plans of earlier runs; call it when the server has the port. Plans that became due in between are done at
   * once.
   */
  catchUp(): void;
}

// Node's longest timer; an authorization can be configured to last longer.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Carries out, when it is due, what the providers do without a call. */
export function createPlanner({ store, sources, times, signal, log }: PlannerParts): Planner {
  const timers = new Map<string, NodeJS.Timeout>();
  const { openPlans, payments, shipments } = store.state;
  signal.addEventListener('abort', () => timers.forEach((timer) => clearTimeout(timer)));

  function schedule(plan: Plan): void {
    clearTimeout(timers.get(plan.id));
    const inMs = Math.min(LONGEST_TIMER_MS, Math.max(0, plan.dueAt - sources.now()));
    timers.set(plan.id, setTimeout(() => wake(plan), inMs).unref());
  }

  function wake(plan: Plan): void {
    if (signal.aborted) return;
    if (plan.dueAt > sources.now()) {
      schedule(plan);
      return;
    }
    try {
      store.commit([{ kind: 'plan-done', id: plan.id }, ...factsOf(plan)]);
    } catch (error) {
      log('a planned step failed', { plan, error });
    }
  }

  function factsOf({ subject, step }: Plan): readonly Fact[] {
    if (isPaymentStep(step)) {
      const record = payments.get(subject);
      return record ? paymentStep(record, step, times, sources) : [];
    }
    const record = shipments.get(subject);
    return record ? moveOn(record, step, times, sources) : [];
  }

  const backlog = [...openPlans.values()];
  store.onCommitted((fact) => {
    if (fact.kind === 'planned') schedule(fact.plan);
    if (fact.kind === 'plan-done') {
      clearTimeout(timers.get(fact.id));
      timers.delete(fact.id);
    }
  });
  return { catchUp: () => backlog.forEach(schedule) };
}

function isPaymentStep(step: PaymentStep | ShipmentStep): step is PaymentStep {
  return PAYMENT_STEPS.has(step);
}
