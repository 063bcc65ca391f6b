import { z } from 'zod';
import { external, isOneLine } from 'sagaline';
import { CURRENCIES } from '../currencies';
import { MAX_AMOUNT, MAX_LINES, MAX_QUANTITY } from '../rules/limits';

/** Values that several of the shop's events have in common, with their bounds. */

/** Requests of customers, which the web shop publishes. */
export const webShop = external('the web shop');

export const orderId = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .min(1)
  .max(64);
/** Whose order it is: the data subject of its events. An opaque id of the web shop, never a name or an e-mail address. */
export const customerId = line(64);
export const ofCustomer = ({ customerId: subject }: { customerId: string }) => subject;
export const sku = z
  .string()
  .regex(/^[A-Z0-9-]+$/, 'must be upper-case letters, digits and "-"')
  .min(1)
  .max(32);
export const quantity = z.int().min(1).max(MAX_QUANTITY);
export const amount = z
  .int()
  .min(0)
  .max(MAX_AMOUNT)
  .describe('Minor units of the currency: cents, whole yen.');
export const currency = z
  .enum(CURRENCIES, 'must be an active currency code of ISO 4217, as EUR')
  .describe('A code of ISO 4217.');
export const paymentToken = z
  .string()
  .min(1)
  .max(128)
  .describe(
    "What the payment provider's form gave the web shop in exchange for a card; never the card itself.",
  );
/** An opaque id that a provider gave. */
export const providerId = z.string().min(1).max(128);
export const reason = z.string().min(1).max(64);
/** A sentence for a person. */
export const detail = z.string().max(500);

export const stockLine = z.strictObject({ sku, quantity });
export const stockLines = z.array(stockLine).min(1).max(MAX_LINES);

/** One line of a person's text, in any script. */
export function line(max: number) {
  return z
    .string()
    .max(max)
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine(isOneLine, 'must be one line, without control characters');
}

/** The total of an order; it may be 0. */
export const money = z.strictObject({ amount, currency });
export type Money = z.infer<typeof money>;
/** An amount that a payment provider authorises, captures or refunds. */
export const charge = money.extend({ amount: amount.min(1) });
