/** Which orders are submitted, when, and through which transport; and what is said twice. */
import type { Random } from '../../../src/dev/random';
import type { ProviderAct } from '../generator/back-office';

export interface PlannedOrder {
  readonly orderId: string;
  readonly kind: string;
  readonly afterMs: number;
  readonly transport: Transport;
  /** After how long its submission is published again, under the same source and id, and through which transport. */
  readonly repeats: readonly { readonly afterMs: number; readonly transport: Transport }[];
  /** Whether each of the follow-ups is said twice. */
  readonly publishesTwice: boolean;
  /** A message that nobody can apply, on the order's own key. */
  readonly hostile: boolean;
  /** An article that the customer has looked at before. */
  readonly viewed: string;
  /** What the payment provider does on its own, if there is a payment then to which it can be done. */
  readonly whim?: { readonly afterMs: number; readonly act: ProviderAct };
}

/** `http` is the gateway; `nats` is the stream itself. */
export type Transport = 'http' | 'nats';

const TRANSPORTS: readonly Transport[] = ['http', 'nats'];
const ARTICLES = ['TEA-GREEN-250', 'TEA-POT-GLASS', 'KETTLE-STEEL'];
const REPEATED = 0.4;
const PUBLISHES_TWICE = 0.5;
const HOSTILE = 0.15;
const WHIMS = 0.15;
const WHIM_ACTS: readonly ProviderAct[] = [
  { act: 'cancel' },
  { act: 'expire' },
  { act: 'refund', amount: 1_000 },
  { act: 'refund' },
  { act: 'dispute' },
];
/** While the payment is held, or when it has been taken. */
const WHIM_AFTER_MS = { from: 500, to: 15_000 };
/** While the first one is on its way; while the order is open; when it has ended, mostly. */
const REPEATED_AFTER_MS = [
  { from: 0, to: 50 },
  { from: 500, to: 5_000 },
  { from: 10_000, to: 30_000 },
];

export function planOrders(
  random: Random,
  { seed, orders, overMs, kinds }: { seed: number; orders: number; overMs: number; kinds: readonly string[] },
): PlannedOrder[] {
  const chance = (share: number) => random.between(0, 1) < share;
  // Each kind is there, however few the orders are; then in equal parts.
  const dealt = Array.from({ length: Math.ceil(orders / kinds.length) }, () => random.shuffled(kinds)).flat();
  return dealt.slice(0, orders).map((kind, index) => ({
    orderId: `s${seed}-${index + 1}-${kind}`,
    kind,
    afterMs: Math.round((index * overMs) / orders),
    transport: random.pick(TRANSPORTS),
    repeats: chance(REPEATED) ? repeatsOf(random) : [],
    publishesTwice: chance(PUBLISHES_TWICE),
    hostile: chance(HOSTILE),
    viewed: random.pick(ARTICLES),
    ...(chance(WHIMS) && {
      whim: {
        afterMs: Math.round(random.between(WHIM_AFTER_MS.from, WHIM_AFTER_MS.to)),
        act: random.pick(WHIM_ACTS),
      },
    }),
  }));
}

function repeatsOf(random: Random): PlannedOrder['repeats'] {
  const { from, to } = random.pick(REPEATED_AFTER_MS);
  const times = random.pick([1, 2]);
  return Array.from({ length: times }, () => ({
    afterMs: Math.round(random.between(from, to)),
    transport: random.pick(TRANSPORTS),
  }));
}
