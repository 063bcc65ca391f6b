import type { Money } from '../../contracts';
import type { StuckSaga } from './stuck';

/**
 * What processes put at risk together: a sum for each currency, by its code, of amounts in either direction. Processes without a value
 * add nothing.
 */
export function moneyAtRisk(stuck: readonly StuckSaga[]): readonly Money[] {
  const sums = new Map<string, Money>();
  for (const { asked } of stuck) {
    const value = asked.kind === 'asks' ? asked.question.value : undefined;
    if (!value) continue;
    // A process of another version may count a currency in other units: these are not added.
    const name = `${value.currency} ${value.digits}`;
    sums.set(name, { ...value, amount: (sums.get(name)?.amount ?? 0) + Math.abs(value.amount) });
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
}

const GROUPING = /\B(?=(\d{3})+(?!\d))/g;

/** An amount for people: `1,290.00 EUR`. The process has said how many digits its currency has. */
export function moneyText({ amount, currency, digits }: Money): string {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(GROUPING, ',');
  const decimals = digits === 0 ? '' : `.${text.slice(-digits)}`;
  return `${amount < 0 ? '-' : ''}${whole}${decimals} ${currency}`;
}
