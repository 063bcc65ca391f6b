import type { Rejection } from '../contracts';
import type { Delivery, PoisonDetection } from './ports';

/** Kills and restarts raise the count of every event in hand, so it alone proves nothing. */
const SUSPECTED_AFTER_DELIVERIES = 20;
/** One end of the process, with nothing else in hand, may still have been a kill from outside; two are no coincidence. */
const CRASHES_ALONE = 2;

/** What became of the events that may have ended a bridge. */
export type PoisonCheck =
  | { readonly kind: 'none' }
  /** To be handled with nothing beside it; `tried` marks each attempt until it is over. */
  | { readonly kind: 'suspect'; tried<Result>(attempt: () => Promise<Result>): Promise<Result> }
  | { readonly kind: 'poison'; readonly rejection: Rejection };

/** How an event is to be handled, by how often it was delivered and what came of it. */
export async function poisonCheckOf(
  delivery: Pick<Delivery, 'stream' | 'sequence' | 'deliveryCount'>,
  poisonDetection: PoisonDetection,
): Promise<PoisonCheck> {
  const { deliveryCount } = delivery;
  if (deliveryCount < SUSPECTED_AFTER_DELIVERIES) return { kind: 'none' };
  const crashes = await poisonDetection.crashesOf(delivery);
  if (crashes >= CRASHES_ALONE) {
    const detail = `delivered ${deliveryCount} times; the bridge ended ${crashes} times with nothing else in hand`;
    return { kind: 'poison', rejection: { reason: 'poison', detail } };
  }
  return {
    kind: 'suspect',
    tried: async (attempt) => {
      await poisonDetection.mark(delivery, crashes + 1);
      try {
        return await attempt();
      } finally {
        await poisonDetection.mark(delivery, crashes);
      }
    },
  };
}
