/** What must be true of every run, whatever was done to whom. */
import type { Evidence } from '../evidence/types';
import { books } from './books';
import { delivery } from './delivery';
import type { Finding, Invariant } from './invariant';
import { money } from './money';
import { notification } from './notifications';
import { orders } from './orders';
import { origins } from './origins';

export const invariants: readonly Invariant[] = [
  ...delivery,
  ...orders,
  ...books,
  ...money,
  ...notification,
  ...origins,
];

export interface Verdict {
  readonly verdict: 'green' | 'red';
  readonly invariants: readonly ({ readonly name: string } & Finding)[];
}

/** Red where anything is violated, and where there was nothing to be looked at. */
export function judge(evidence: Evidence): Verdict {
  const findings = invariants.map(({ name, check }) => ({ name, ...check(evidence) }));
  const isGreen = findings.every(({ checked, violations }) => checked > 0 && violations.length === 0);
  return { verdict: isGreen ? 'green' : 'red', invariants: findings };
}
