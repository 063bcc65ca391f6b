/** The operator of a run: sees at the command line which sagas wait for a person, and answers each. */
import { operator } from '../../demo/operator';
import type { Shop } from '../../demo/shop';
import { closeDisputes } from './generator/back-office';
import type { OrderKind } from './generator/kinds';

/** What the operator has decided, and the saga has taken. */
export interface Decided {
  readonly orderId: string;
  /** The step or compensate that could not be done, as the saga calls it. */
  readonly what: string;
  readonly decision: 'retry' | 'skip' | 'done-by-hand';
}

export interface Person {
  readonly decided: readonly Decided[];
  decide(): Promise<void>;
}

interface Stuck {
  readonly workflowId: string;
  readonly key: string;
  readonly asks: { readonly what: string } | null;
}

const TRACKING = 'trackShipment';
const REASONS = { skip: 'given up for lost', 'done-by-hand': 'the other side says so on the phone' } as const;

/**
 * Of a parcel without notifications the carrier says on the phone that it is there, or lost. What could not be done, or compensated, is tried
 * again, then done by hand; a refund is tried again when the bank has decided about the dispute.
 *
 * @param kindOf which kind an order is of; `undefined` where it is none of the plan
 */
export function openPerson(shop: Shop, kindOf: (orderId: string) => OrderKind | undefined): Person {
  const retried = new Set<string>();
  const decided: Decided[] = [];

  async function answer({ workflowId, key: orderId, asks }: Stuck): Promise<void> {
    if (!asks) return;
    const { what } = asks;
    const { parcel, dispute } = kindOf(orderId) ?? {};
    const again = `${workflowId} ${what}`;
    const decision = decisionFor(what, { parcel, isFirst: !retried.has(again) });
    if (what === 'refundPayment') await closeDisputes(shop, orderId, dispute ?? 'won');
    const reason = decision === 'retry' ? [] : ['--reason', REASONS[decision]];
    // The list is a moment behind: a saga that has gone on meanwhile refuses the decision.
    const { code } = await operator(shop, 'sagas', 'decide', workflowId, decision, ...reason);
    if (code !== 0) return;
    retried.add(again);
    decided.push({ orderId, what, decision });
  }

  return {
    decided,
    decide: async () => {
      const { answer: said } = await operator(shop, 'sagas', 'stuck');
      for (const saga of (said['sagas'] ?? []) as Stuck[]) await answer(saga);
    },
  };
}

function decisionFor(
  what: string,
  { parcel, isFirst }: { parcel: OrderKind['parcel']; isFirst: boolean },
): Decided['decision'] {
  if (what === TRACKING) return parcel === 'lost' ? 'skip' : 'done-by-hand';
  return isFirst ? 'retry' : 'done-by-hand';
}
