import type { Config } from '../../config';
import { moneyText } from '../sagas/money';
import type { BulkPlan } from './plan';

export type BulkLimits = Pick<Config, 'BULK_FOUR_EYES_ABOVE' | 'BULK_FOUR_EYES_ABOVE_VALUE'>;

/** Why a bulk needs a second person, in words; `undefined` if one is enough. */
export function whyTwoPeople(
  { items, value, unvalued }: Pick<BulkPlan, 'items' | 'value' | 'unvalued'>,
  { BULK_FOUR_EYES_ABOVE: most, BULK_FOUR_EYES_ABOVE_VALUE: mostValue = {} }: BulkLimits,
): string | undefined {
  if (most !== undefined && items.length > most)
    return `more than ${most} items need a second person (BULK_FOUR_EYES_ABOVE)`;
  if (unvalued > 0 && Object.keys(mostValue).length > 0)
    return `${unvalued} of them do not tell what they are worth, so a second person decides (BULK_FOUR_EYES_ABOVE_VALUE)`;
  for (const sum of value) {
    const limit = mostValue[sum.currency];
    if (limit !== undefined && sum.amount > limit)
      return `more than ${moneyText({ ...sum, amount: limit })} need a second person (BULK_FOUR_EYES_ABOVE_VALUE)`;
  }
  return undefined;
}
