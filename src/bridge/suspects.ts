import type { Rejection } from '../contracts';
import type { Delivery, Suspects } from './ports';

/** Kills and restarts raise the count of every event in hand, so it alone proves nothing. */
const SUSPECT_AFTER = 20;
/** One end of the process, with nothing else in hand, may still have been a kill from outside; two are no coincidence. */
const ENDS_ALONE = 2;

/** What became of the events that may have ended a bridge. */
export type Suspicion =
  | { readonly kind: 'none' }
  /** To be handled with nothing beside it; `tried` marks each attempt until it is over. */
  | { readonly kind: 'suspect'; tried<Result>(attempt: () => Promise<Result>): Promise<Result> }
  | { readonly kind: 'poison'; readonly rejection: Rejection };

/** How an event is to be handled, by how often it was delivered and what came of it. */
export async function suspicionOf(
  delivery: Pick<Delivery, 'stream' | 'sequence' | 'deliveryCount'>,
  suspects: Suspects,
): Promise<Suspicion> {
  const { deliveryCount } = delivery;
  if (deliveryCount < SUSPECT_AFTER) return { kind: 'none' };
  const ends = await suspects.endsOf(delivery);
  if (ends >= ENDS_ALONE) {
    const detail = `delivered ${deliveryCount} times; the bridge ended ${ends} times with nothing else in hand`;
    return { kind: 'poison', rejection: { reason: 'poison', detail } };
  }
  return {
    kind: 'suspect',
    tried: async (attempt) => {
      await suspects.mark(delivery, ends + 1);
      try {
        return await attempt();
      } finally {
        await suspects.mark(delivery, ends);
      }
    },
  };
}
