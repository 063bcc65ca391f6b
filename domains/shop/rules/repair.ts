/** A step of an order, as the engine's table of effects has it; the oldest first. */
export interface KnownStep {
  /** `<order id>:<step>:<revision>`. */
  readonly key: string;
  readonly state: 'begun' | 'done' | 'refused' | 'compensating' | 'compensated';
  /** What a provider was asked; absent for a step in our own database. */
  readonly request?: unknown;
}

/** The steps that can be compensated, in the order in which an order takes them, and by what. */
export const UNDONE_BY = {
  reserveStock: 'releaseStock',
  authorizePayment: 'voidPayment',
  createShipment: 'cancelShipment',
} as const;

type CompensatableStep = keyof typeof UNDONE_BY;

/** One step to be compensated. */
export interface PlannedCompensation {
  readonly step: CompensatableStep;
  readonly key: string;
  readonly request?: unknown;
}

export type RepairPlan =
  | { readonly kind: 'compensate'; readonly compensations: readonly PlannedCompensation[] }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Steps that leave nothing behind which would have to be compensated by itself: entries in the book, words to the customer, and
 * what an amendment has given back.
 */
const LEAVE_NOTHING: ReadonlySet<string> = new Set([
  'confirmOrder',
  'closeOrder',
  'notifyCustomer',
  'refuseCancellation',
  'amendOrder',
  'refuseAmendment',
  'reduceStock',
  'requestPaymentMethod',
  'requestPaymentAction',
  'renewPayment',
  'askAboutStock',
]);

/** The keys under which an order takes its undoable steps the first time; a step that was never heard of gets a tombstone. */
export function firstKeys(orderId: string): string[] {
  return Object.keys(UNDONE_BY).map((step) => `${orderId}:${step}:0`);
}

/**
 * The keys of the steps with which an order goes forward from where it is: what it would take or ask for next, and the customer's
 * message. After a repair they get tombstones: a workflow that was terminated, repaired and then reset meets one of them, and ends in
 * silence.
 */
export function forwardKeys(orderId: string, steps: readonly KnownStep[]): string[] {
  const bookings = steps
    .map(({ key }) => key.split(':'))
    .filter((parts) => parts.at(-2) === 'createShipment')
    .map((parts) => `${orderId}:shipStock:${parts.at(-1) ?? ''}`);
  const next = [...Object.keys(UNDONE_BY), 'requestPaymentMethod'].map((step) =>
    nextKey(orderId, step, steps),
  );
  return [`${orderId}:capturePayment:0`, ...bookings, ...next, `${orderId}:notifyCustomer:0`];
}

/** The first payment method is asked for as number 1, all else begins at 0. */
function nextKey(orderId: string, step: string, steps: readonly KnownStep[]): string {
  const numbers = steps
    .map(({ key }) => key.split(':'))
    .filter((parts) => parts.at(-2) === step)
    .map((parts) => Number(parts.at(-1)));
  return `${orderId}:${step}:${Math.max(step === 'requestPaymentMethod' ? 0 : -1, ...numbers) + 1}`;
}

const RANK = Object.keys(UNDONE_BY);

/**
 * What has to be compensated of an order, in the order in which its saga would: the other way round than it takes its steps, and
 * of steps of one kind the latest first. (Stock and payment are taken side by side: their times say nothing.) Refused as a whole where a step
 * cannot be compensated by its own compensation: nothing is compensated by halves.
 */
export function planRepair(steps: readonly KnownStep[]): RepairPlan {
  const compensations: PlannedCompensation[] = [];
  for (const { key, state, request } of [...steps].reverse()) {
    if (state === 'compensated' || state === 'refused') continue;
    const step = key.split(':').at(-2) ?? '';
    if (LEAVE_NOTHING.has(step)) continue;
    if (!isCompensatable(step)) {
      return {
        kind: 'refused',
        why: `${key} is ${state}, and has no compensation: the parcel may have left`,
      };
    }
    if (step !== 'reserveStock' && request === undefined) {
      return {
        kind: 'refused',
        why: `${key} is ${state}, and what was asked of the provider is not on record`,
      };
    }
    compensations.push({ step, key, ...(request !== undefined && { request }) });
  }
  return {
    kind: 'compensate',
    compensations: compensations.sort((one, other) => RANK.indexOf(other.step) - RANK.indexOf(one.step)),
  };
}

function isCompensatable(step: string): step is CompensatableStep {
  return Object.hasOwn(UNDONE_BY, step);
}
