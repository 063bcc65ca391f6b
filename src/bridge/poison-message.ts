import type { Rejection } from '../contracts';
import type { Delivery } from '../delivery';
import type { ConcurrencyLimiter } from './limiter';
import type { PoisonMarks } from './ports';

/**
 * Deliveries after which an event is suspected. Kills and restarts raise the count of every event in flight, so the
 * count alone proves nothing.
 */
const SUSPECTED_AFTER_DELIVERIES = 20;
/**
 * Crashes with no other event in flight after which an event is poison. One may have been a kill from outside; two
 * are not a coincidence.
 */
const CRASHES_ALONE = 2;

/** Whether an event may be a poison message: one that ends the process that handles it. */
export type PoisonCheck =
  | { readonly kind: 'none' }
  /** Delivered very often: every attempt at it, including decoding, is made alone and marked. */
  | { readonly kind: 'suspect'; readonly ends: number }
  | { readonly kind: 'poison'; readonly rejection: Rejection };

/** Judges an event by how often it was delivered and by its marks, which survive the process. */
export interface PoisonDetection {
  poisonCheckOf(delivery: Delivery): Promise<PoisonCheck>;
  /**
   * Begins an attempt at a suspected event, with no other event in flight. The event stays marked until the attempt
   * has ended.
   *
   * @returns a function that ends the attempt
   */
  beginAlone(delivery: Delivery, poisonCheck: { readonly ends: number }): Promise<() => Promise<void>>;
}

export function createPoisonDetection(marks: PoisonMarks, limiter: ConcurrencyLimiter): PoisonDetection {
  return {
    poisonCheckOf: async (delivery) => {
      const { deliveryCount } = delivery;
      if (deliveryCount < SUSPECTED_AFTER_DELIVERIES) return { kind: 'none' };
      const ends = await marks.crashesOf(delivery);
      if (ends < CRASHES_ALONE) return { kind: 'suspect', ends };
      const detail = `delivered ${deliveryCount} times; the bridge ended ${ends} times with nothing else in hand`;
      return { kind: 'poison', rejection: { reason: 'poison', detail } };
    },

    beginAlone: async (delivery, { ends }) => {
      const leave = await limiter.enterAlone();
      try {
        await marks.mark(delivery, ends + 1);
      } catch (error) {
        leave();
        throw error;
      }
      return async () => {
        try {
          await marks.mark(delivery, ends);
        } finally {
          leave();
        }
      };
    },
  };
}
