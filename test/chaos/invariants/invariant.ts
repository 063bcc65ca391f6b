import type { Evidence } from '../evidence/types';
import type { Decided } from '../person';

/** Something that must be true of whatever a run has left behind. Pure. */
export interface Invariant {
  readonly name: string;
  readonly check: (evidence: Evidence) => Finding;
}

export interface Finding {
  /** How many things were looked at. None means that the run has shown nothing. */
  readonly checked: number;
  /** Each in words, with the ids by which it can be found. */
  readonly violations: readonly string[];
}

/** Looks at each thing by itself. */
export function each<Thing>(things: Iterable<Thing>, wrong: (thing: Thing) => readonly string[]): Finding {
  const all = [...things];
  return { checked: all.length, violations: all.flatMap(wrong) };
}

/** Orders of which a person has called a parcel back on the phone: our books do not know that. */
export function calledBackByHand({ decided }: Evidence): Set<string> {
  const isByHand = ({ what, decision }: Decided) => what === 'cancelShipment' && decision === 'done-by-hand';
  return new Set(decided.filter(isByHand).map(({ orderId }) => orderId));
}

export function together(...findings: readonly Finding[]): Finding {
  return {
    checked: findings.reduce((sum, { checked }) => sum + checked, 0),
    violations: findings.flatMap(({ violations }) => violations),
  };
}

/** Things by what they have in common, in their order. */
export function grouped<Thing>(
  things: Iterable<Thing>,
  by: (thing: Thing) => string,
): Map<string, readonly Thing[]> {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) {
    const group = groups.get(by(thing));
    if (group) group.push(thing);
    else groups.set(by(thing), [thing]);
  }
  return groups;
}

export function sumOf<Thing>(things: Iterable<Thing>, value: (thing: Thing) => number): number {
  let sum = 0;
  for (const thing of things) sum += value(thing);
  return sum;
}
