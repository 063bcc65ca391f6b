import type { StepDeclaration } from 'sagaline/workflow';
import { compensationsOf } from 'sagaline/workflow';
import { ORDER_CAPABILITIES } from '../capabilities';

/** A step of an order, as the engine's table of effects has it. Lists of steps begin with the oldest. */
export interface KnownStep {
  /** `<order id>:<step>:<number>`. */
  readonly key: string;
  readonly state: 'begun' | 'done' | 'refused' | 'compensating' | 'compensated';
  /** The request to the provider; absent for a step in our own database. */
  readonly request?: unknown;
}

/** One step to be compensated. */
export interface PlannedCompensation {
  /** The activity that compensates it. */
  readonly undoneBy: string;
  /** The step's recorded input; for a step in our own database, its key and its order. */
  readonly undoes: unknown;
}

export type RepairPlan =
  | { readonly kind: 'compensate'; readonly compensations: readonly PlannedCompensation[] }
  | { readonly kind: 'refused'; readonly why: string };

const STEPS = new Map<string, StepDeclaration>(
  ORDER_CAPABILITIES.flatMap(({ steps }) => Object.entries(steps)),
);
/** The steps that can be compensated, in the order in which an order takes them. */
const COMPENSATABLE = Object.values(compensationsOf(ORDER_CAPABILITIES));
/** Steps that only send the customer a message: an order that goes forward takes them as well. */
const WORDS_TO_THE_CUSTOMER = ['requestPaymentMethod', 'notifyCustomer'];

/** The keys under which an order takes its compensatable steps the first time; a step that has no record gets a tombstone. */
export function firstKeys(orderId: string): string[] {
  return COMPENSATABLE.map((step) => `${orderId}:${step}:0`);
}

/**
 * The keys of the next steps with which an order would go forward from its present state, the message to the customer
 * included. After a repair they get tombstones: a workflow that was terminated, repaired and then reset meets one of them, and
 * ends without a further effect.
 */
export function forwardKeys(orderId: string, steps: readonly KnownStep[]): string[] {
  const behindThePivot = [...STEPS].flatMap(([name, { after }]) => (after === 'pivot' ? [name] : []));
  return [...behindThePivot, ...COMPENSATABLE, ...WORDS_TO_THE_CUSTOMER].map((step) =>
    nextKey(orderId, step, steps),
  );
}

function nextKey(orderId: string, step: string, steps: readonly KnownStep[]): string {
  const numbers = steps
    .filter(({ key }) => nameIn(key) === step)
    .map(({ key }) => Number(key.split(':').at(-1)));
  return `${orderId}:${step}:${Math.max(-1, ...numbers) + 1}`;
}

function nameIn(key: string): string {
  return key.split(':').at(-2) ?? '';
}

/**
 * What has to be compensated of an order: in the reverse order of the declarations, and among steps of one kind the latest
 * first. Its saga uses the reverse order in which it took the steps. The records do not have that order, because steps run side
 * by side. The two differ for an amended order only: the carrier is always asked first here, because he may refuse. A step without a compensation leaves nothing behind, unless it comes after the pivot. The whole plan is refused
 * when one step cannot be compensated by its own compensation: an order is never compensated in part.
 */
export function planRepair(orderId: string, steps: readonly KnownStep[]): RepairPlan {
  const compensations: (PlannedCompensation & { readonly step: string })[] = [];
  for (const { key, state, request } of [...steps].reverse()) {
    if (state === 'compensated' || state === 'refused') continue;
    const step = nameIn(key);
    const declared = STEPS.get(step);
    if (declared === undefined || declared.after === 'pivot')
      return {
        kind: 'refused',
        why: `${key} is ${state}, and has no compensation: the parcel may have left`,
      };
    const { undoneBy, calls } = declared;
    if (undoneBy === undefined) continue;
    if (calls === 'provider' && request === undefined)
      return {
        kind: 'refused',
        why: `${key} is ${state}, and what was asked of the provider is not on record`,
      };
    compensations.push({ step, undoneBy, undoes: request ?? { key, orderId } });
  }
  compensations.sort((one, other) => COMPENSATABLE.indexOf(other.step) - COMPENSATABLE.indexOf(one.step));
  return {
    kind: 'compensate',
    compensations: compensations.map(({ undoneBy, undoes }) => ({ undoneBy, undoes })),
  };
}
