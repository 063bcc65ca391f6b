import { minorDigits } from '../currencies';
import type { Money } from '../events/shapes';

interface PricedLine {
  readonly quantity: number;
  readonly unitPrice: number;
}

/** The sum of the lines, in minor units. */
export function totalOf(lines: readonly PricedLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
}

/** What the customer pays. */
export function orderTotal({
  lines,
  currency,
}: {
  readonly lines: readonly PricedLine[];
  readonly currency: string;
}): Money {
  return { amount: totalOf(lines), currency };
}

/** An amount with the decimal places of its currency; `undefined` for a currency that has been withdrawn since. */
export function moneyOf({ amount, currency }: Money): (Money & { readonly digits: number }) | undefined {
  const digits = minorDigits(currency);
  return digits === undefined ? undefined : { amount, currency, digits };
}

/**
 * A price for people: `12.90 EUR`, `1,290 JPY`, `1.290 KWD`. The text is the same on every Node.js, as workflow code needs it:
 * the locale is fixed, the digits come from ISO 4217, and the number is passed as decimal text, so that nothing is rounded.
 * ICU only adds English grouping.
 */
export function priceText({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  // A currency that has been withdrawn since: amounts that were stored in it must still be shown.
  if (digits === undefined) return `${formatter(0).format(amount)} minor units of ${currency}`;
  const text = String(amount).padStart(digits + 1, '0');
  const decimal = `${text.slice(0, text.length - digits)}.${text.slice(text.length - digits)}`;
  return `${formatter(digits).format(decimal as `${number}`)} ${currency}`;
}

const formatters = new Map<number, Intl.NumberFormat>();

/** Cached: a new formatter takes a quarter of a millisecond. */
function formatter(digits: number): Intl.NumberFormat {
  const known = formatters.get(digits);
  if (known) return known;
  const made = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  formatters.set(digits, made);
  return made;
}
