import type { Money } from '../events/shapes';
import { REFUSALS } from '../names';
import { priceText } from './pricing';

/** Refusals of a payment that the customer can resolve with another payment method. */
const MENDED_BY_ANOTHER_METHOD: ReadonlySet<string> = new Set([
  REFUSALS.paymentDeclined,
  REFUSALS.paymentMethodUnusable,
  REFUSALS.paymentVoided,
  REFUSALS.authorizationNotRenewable,
]);

export function isMendedByAnotherMethod(refusal: string): boolean {
  return MENDED_BY_ANOTHER_METHOD.has(refusal);
}

interface Limits {
  readonly min: number;
  readonly max: number;
}

// As at Stripe: 0.50, and eight digits (https://docs.stripe.com/currencies, "Minimum and maximum charge amounts").
const USUAL: Limits = { min: 50, max: 99_999_999 };
/** Currencies whose minor unit is not a hundredth, or is worth little. */
const LIMITS: Readonly<Record<string, Limits>> = {
  BHD: { min: 200, max: 999_999_999 },
  HUF: { min: 17_500, max: 9_999_999_999 },
  IDR: { min: 1_000_000, max: 999_999_999_999 },
  JOD: { min: 350, max: 999_999_999 },
  JPY: { min: 50, max: 99_999_999 },
  KRW: { min: 500, max: 999_999_999 },
  KWD: { min: 150, max: 999_999_999 },
  OMR: { min: 200, max: 999_999_999 },
  TND: { min: 1_500, max: 999_999_999 },
  VND: { min: 10_000, max: 9_999_999_999 },
};

/**
 * Why the payment provider would refuse this amount in one payment; `undefined` when it would accept it, and for an amount of
 * 0, which is never sent to it. This is checked before anything is reserved; the provider's own answer decides.
 */
export function amountProblem({
  amount,
  currency,
}: Pick<Money, 'amount'> & { currency: string }): string | undefined {
  const { min, max } = LIMITS[currency] ?? USUAL;
  if (amount === 0) return undefined;
  const price = (of: number) => priceText({ amount: of, currency });
  if (amount > max) return `${price(amount)} is more than one payment may be: ${price(max)}`;
  if (amount < min) return `${price(amount)} is less than one payment may be: ${price(min)}`;
  return undefined;
}
