// The figures of all rounds, ours compared with the peers'.
import type { Figure, Target } from '../figures';
import { figure } from '../figures';
import type { Measured } from './compare';
import { total } from './compare';

/** The part of the peers' rates that ours should reach: docs/benchmarks-peers.md explains what the others do differently. */
const TARGETS: Readonly<Record<string, Target>> = { Restate: { atLeast: 0.25 }, DBOS: { atLeast: 0.4 } };

/** @param rounds the rounds of each side, by its name; those with the same index were run in turn */
export function figuresOf(rounds: ReadonlyMap<string, readonly Measured[]>): Figure[] {
  const ours = rounds.get('Sagaline') ?? [];
  const own = [...rounds].flatMap(([name, measured]) => [
    figure(
      `${name}: sagas per second`,
      '1/s',
      measured.map(({ perSecond }) => perSecond),
    ),
    figure(
      `${name}: processor time per saga, all processes`,
      'ms',
      measured.map(({ cpuMs }) => total(cpuMs)),
    ),
    ...eachMember(
      name,
      'processor time per saga',
      'ms',
      measured.map(({ cpuMs }) => cpuMs),
    ),
    figure(
      `${name}: memory, all processes`,
      'MiB',
      measured.map(({ memoryMiB }) => total(memoryMiB)),
    ),
    ...eachMember(
      name,
      'memory',
      'MiB',
      measured.map(({ memoryMiB }) => memoryMiB),
    ),
    figure(
      `${name}: processors that others had meanwhile`,
      '',
      measured.map(({ others }) => others),
    ),
    figure(
      `${name}: time of a saga, p50`,
      'ms',
      measured.map(({ p50Ms }) => p50Ms),
    ),
    figure(
      `${name}: time of a saga, p99`,
      'ms',
      measured.map(({ p99Ms }) => p99Ms),
    ),
  ]);
  const ratios = [...rounds].flatMap(([name, measured]) => {
    if (name === 'Sagaline') return [];
    const against = (read: (one: Measured) => number) =>
      measured.map((theirs, at) => (ours[at] ? read(ours[at]) : NaN) / read(theirs));
    return [
      figure(
        `Sagaline ÷ ${name}, sagas per second`,
        '',
        against(({ perSecond }) => perSecond),
        TARGETS[name],
      ),
      figure(
        `Sagaline ÷ ${name}, processor time per saga`,
        '',
        against(({ cpuMs }) => total(cpuMs)),
      ),
    ];
  });
  return [...own, ...ratios];
}

function eachMember(
  side: string,
  what: string,
  unit: string,
  rounds: readonly Readonly<Record<string, number>>[],
): Figure[] {
  return Object.keys(rounds[0] ?? {}).map((member) =>
    figure(
      `${side}: ${what}, ${member}`,
      unit,
      rounds.map((round) => round[member] ?? NaN),
    ),
  );
}
