import { z } from 'zod';
import { isStorable, timestamp } from 'sagaline';

/** Inputs that the shop's activities have in common. */

/** `<order id>:<step>:<revision>`: the identity of a step, the same in every run and attempt. */
export const stepKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}:[A-Za-z]{1,40}:\d{1,6}$/, 'must be <order id>:<step>:<revision>');
export const orderId = z.string().min(1).max(64);
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a code of ISO 4217');
export const money = z.object({ amount: z.int().min(0), currency });
/** An amount that a payment provider authorises, captures or refunds: never 0. */
export const charge = z.object({ amount: z.int().min(1), currency });
/** An id or a number that a provider gave: it is stored unchanged. */
export const givenByProvider = z
  .string()
  .min(1)
  .max(128)
  .refine(isStorable, 'cannot be stored: it holds NUL, or half of a surrogate pair');
/**
 * A step's own request, for its compensation, unchanged and possibly invalid. If the step itself refused it, nothing was
 * done, and the compensation must not fail for the same reason; the key identifies what is compensated.
 */
export function requestCompensated<Request extends { readonly key: string }>() {
  const keyed = z.object({ key: stepKey });
  return z.custom<Request>((given) => keyed.safeParse(given).success, 'must have the key of a step');
}
export const stockLines = z.array(z.object({ sku: z.string().min(1), quantity: z.int().min(1) })).min(1);
/** One view of an article, with the identity of its event. */
export const view = z.object({ source: z.string(), id: z.string(), viewedAt: timestamp });
