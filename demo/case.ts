import { errorMessage } from '../src/contracts';
import { newOrderId, orderOf, submissionOf } from './orders';
import type { PlainOrder } from './plain-orders';
import type { Shop } from './shop';
import { compensationsOf, effectsOf, endOf, openedOrder } from './shop';

/** A case of `npm run demo`: it drives real orders and reports how it ended. */
export interface DemoCase {
  readonly name: string;
  readonly run: (shop: Shop) => Promise<CaseResult>;
}

export interface CaseResult {
  readonly workflowId: string;
  readonly link: string;
  readonly expected: string;
  readonly actual: string;
  readonly compensations: readonly string[];
  readonly effects: readonly string[];
  /** The problems; empty when the case ended as it should. */
  readonly problems: readonly string[];
}

export interface Expected {
  readonly state: string;
  readonly compensations: readonly string[];
  readonly effects: readonly string[];
}

/** What a delivered order leaves in PostgreSQL. */
export const DELIVERED = [
  'message order-completed',
  'order completed',
  'payment captured 5980 EUR',
  'shipment booked',
  'stock shipped 1 x TEA-POT-GLASS',
  'stock shipped 2 x TEA-GREEN-250',
];
export const completed: Expected = { state: 'completed', compensations: [], effects: DELIVERED };

/** A case that consists of one order. */
export function follow({ name, changes, expected }: PlainOrder): DemoCase {
  return {
    name,
    run: async (shop) => {
      const orderId = newOrderId(name);
      await shop.publish(submissionOf(orderOf(orderId, changes)));
      return outcome(shop, orderId, expected);
    },
  };
}

/** Waits for the order's end and compares it with what was expected. */
export async function outcome(shop: Shop, orderId: string, expected: Expected): Promise<CaseResult> {
  const opened = await openedOrder(shop, orderId);
  const actual = await endOf(shop, opened);
  const compensations = await compensationsOf(shop, opened);
  const effects = await effectsOf(shop, orderId);
  return {
    ...opened,
    expected: expected.state,
    actual,
    compensations,
    effects,
    problems: [
      ...difference('state', actual, expected.state),
      ...difference('compensations', compensations, expected.compensations),
      ...difference('effects', effects, [...expected.effects].sort()),
    ],
  };
}

/** A case that throws counts as failed; the other cases still report. */
export async function attempt(run: () => Promise<CaseResult>): Promise<CaseResult> {
  try {
    return await run();
  } catch (error) {
    const message = errorMessage(error);
    return {
      workflowId: '',
      link: '',
      expected: 'an end',
      actual: 'broken off',
      compensations: [],
      effects: [],
      problems: [message],
    };
  }
}

export function difference(what: string, actual: unknown, expected: unknown): string[] {
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value));
  return is === should ? [] : [`${what}: ${is ?? ''}, expected ${should ?? ''}`];
}
