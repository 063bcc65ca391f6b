import { ORDER_CAPABILITIES } from '../../../../domains/shop/capabilities';
import { compensationsOf } from '../../../../src/contracts';

const COMPENSATIONS: ReadonlySet<string> = new Set(Object.keys(compensationsOf(ORDER_CAPABILITIES)));

/** The compensations among the calls of an order, in their order. */
export function compensationsIn(log: readonly string[]): string[] {
  return log.filter((step) => COMPENSATIONS.has(step));
}
