/** The lowest and the highest amount of one payment, in minor units. */
export interface AmountLimits {
  readonly min: number;
  readonly max: number;
}

// As at Stripe: 0.50, and eight digits (https://docs.stripe.com/currencies, "Minimum and maximum charge amounts").
const USUAL: AmountLimits = { min: 50, max: 99_999_999 };

/** Currencies whose minor unit is not a hundredth, or is worth little. */
const LIMITS: Readonly<Record<string, AmountLimits>> = {
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

/** @param currency three capital letters; the provider accepts every such currency */
export function amountLimits(currency: string): AmountLimits {
  return Object.hasOwn(LIMITS, currency) ? (LIMITS[currency] ?? USUAL) : USUAL;
}
