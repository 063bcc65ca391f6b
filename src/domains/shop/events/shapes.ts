import { z } from 'zod';

/** Values that several of the shop's events have in common, each with its bounds. */

export const orderId = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .min(1)
  .max(64);
export const sku = z
  .string()
  .regex(/^[A-Z0-9-]+$/, 'must be upper-case letters, digits and "-"')
  .min(1)
  .max(32);
export const quantity = z.int().min(1).max(1_000);
/** Minor units of the currency: cents. */
export const amount = z.int().min(1).max(1_000_000_000_000);
export const currency = z.enum(['EUR', 'GBP', 'USD']);
/** What the payment provider's form gave the web shop in exchange for a card; never the card itself. */
export const paymentToken = z.string().min(1).max(128);
/** An id that a provider gave: opaque. */
export const providerId = z.string().min(1).max(128);
export const reason = z.string().min(1).max(64);
/** A sentence for a person. */
export const detail = z.string().max(500);

export const stockLine = z.strictObject({ sku, quantity });
export const stockLines = z.array(stockLine).min(1).max(100);

export const address = z.strictObject({
  name: z.string().min(1).max(100),
  street: z.string().min(1).max(200),
  postalCode: z.string().min(1).max(16),
  city: z.string().min(1).max(100),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 country code')
    .max(2),
});

export const money = z.strictObject({ amount, currency });
export type Money = z.infer<typeof money>;
