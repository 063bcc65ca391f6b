import { seconds } from '../../demo/killer';
import { table } from '../../src/cli/table';
import type { DoneFault } from './adversary';
import type { Evidence } from './evidence/types';
import type { Verdict } from './invariants';

export interface Outcome extends Verdict {
  readonly seed: number;
  readonly faults: readonly DoneFault[];
}

/** So many violations of an invariant are told one by one. */
const TOLD = 5;

export function forPeople({ seed, faults, verdict, invariants }: Outcome, evidence: Evidence): string {
  const rows = invariants.map(({ name, checked, violations }) => [
    name,
    String(checked),
    String(violations.length),
  ]);
  const told = invariants.flatMap(({ name, checked, violations }) => [
    ...violations.slice(0, TOLD).map((violation) => `${name}: ${violation}`),
    ...(checked === 0 ? [`${name}: there was nothing to be looked at`] : []),
  ]);
  return [
    '',
    table(['done to', 'faults'], faultRows(faults)),
    '',
    `orders   ${inWords(countBy(evidence.books.orders, ({ state }) => state))}`,
    `dead letters  ${inWords(countBy(evidence.deadLetters, ({ reason }) => reason))}`,
    `provider ${inWords(countBy(providersDeeds(evidence), (deed) => deed))}`,
    `findings ${inWords(countBy(evidence.reconciliation.findings, ({ kind }) => kind))}`,
    `person   ${inWords(countBy(evidence.decided, ({ what, decision }) => `${what} ${decision}`))}`,
    `events   ${evidence.stream.length} in the stream, ${evidence.ledger.acknowledged.length} acknowledgements, ` +
      `${evidence.ledger.unacknowledged.length} without`,
    '',
    table(['what must be true', 'checked', 'violations'], rows),
    '',
    ...told,
    `seed ${seed}, ${faults.length} faults: ${verdict}`,
  ].join('\n');
}

/** What the provider has done on its own: by hand, and what its tokens made it do in time. */
function providersDeeds({ ledger, provider }: Evidence): string[] {
  const inTime = provider.payments.flatMap(({ cancellationReason, dispute }) => [
    ...(cancellationReason === 'expired' || cancellationReason === 'abandoned' ? [cancellationReason] : []),
    ...(dispute ? [`dispute ${dispute.status}`] : []),
  ]);
  return [...ledger.deeds.map(({ act }) => `${act} by hand`), ...inTime];
}

function faultRows(faults: readonly DoneFault[]): string[][] {
  const targets = [...new Set(faults.map(({ target }) => target))].sort();
  return targets.map((target) => [
    target,
    faults
      .filter((fault) => fault.target === target)
      .map(({ kind, afterMs }) => `${kind} ${seconds(afterMs)}`)
      .join(', '),
  ]);
}

export function forPrograms({ seed, faults, verdict, invariants }: Outcome) {
  return {
    seed,
    faults,
    invariants: invariants.map(({ name, checked, violations }) => ({
      name,
      checked,
      violations: violations.length,
      ...(violations.length > 0 && { first: violations.slice(0, TOLD) }),
    })),
    verdict,
  };
}

function countBy<Item>(items: readonly Item[], by: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(by(item), (counts.get(by(item)) ?? 0) + 1);
  return counts;
}

function inWords(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'none';
}
