import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Figure, Target } from '../figures';
import { figure, machine } from '../figures';
import type { Measured } from './compare';
import { compare, total } from './compare';
import { openEffectsTable } from './effects';
import { inWorld } from './world';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What ours is to reach of the peers' rates: docs/benchmarks-peers.md says what the others do differently. */
const TARGETS: Readonly<Record<string, Target>> = { Restate: { atLeast: 0.15 }, DBOS: { atLeast: 0.35 } };

interface Options {
  readonly quick?: true;
  readonly inFlight: string;
  readonly wait?: true;
  readonly json?: string;
}

/** `npm run bench:peers`: the same sagas with Restate and DBOS, on this machine, in turn with ours. */
const command = new Command('bench:peers')
  .description(
    'Runs a saga of five steps with Sagaline, Restate and DBOS in turn: sagas per second, what each costs.',
  )
  .option('--quick', 'fewer and shorter rounds: about four minutes')
  .option('--in-flight <sagas>', 'sagas under way at any moment, on every side', '32')
  .option('--wait', "each side's own client waits for each saga; otherwise nobody does, as with events")
  .option('--json <file>', 'write the figures for a program, too')
  .action(async ({ quick, inFlight, wait, json }: Options) => {
    const waiting = wait ? 'by-client' : 'by-effect';
    const [warmUps, repeats, windowMs] = quick ? [2, 5, 4_000] : [2, 7, 8_000];
    const rounds = await inWorld(async (world) => {
      const table = await openEffectsTable(world.databaseUrl);
      try {
        say(`PostgreSQL: synchronous_commit ${await table.synchronousCommit()}; ${inFlight} sagas under way`);
        const sides = [
          await world.sagaline(),
          await world.restate(),
          await world.dbos(),
          await world.bridged(),
        ];
        return await compare({
          sides,
          table,
          warmUps,
          repeats,
          inFlight: Number(inFlight),
          windowMs,
          waiting,
          say,
        });
      } finally {
        await table.end();
      }
    });
    const figures = figuresOf(rounds);
    say('');
    for (const each of figures) say(`  ${inWords(each)}`);
    if (json !== undefined) {
      await writeFile(json, `${JSON.stringify({ machine: machine(), figures }, null, 2)}\n`);
    }
    if (figures.some(({ met }) => met === false)) process.exitCode = 1;
  });

function figuresOf(rounds: ReadonlyMap<string, readonly Measured[]>): Figure[] {
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

function inWords({ name, value, unit, spread: [least, most], target, met }: Figure): string {
  const digits = value >= 100 ? 0 : 2;
  const range = `${least.toFixed(digits)} to ${most.toFixed(digits)}`;
  const verdict = target === undefined ? '' : `   ${target}: ${met === true ? 'met' : 'NOT MET'}`;
  return `${name.padEnd(64)} ${value.toFixed(digits).padStart(7)} ${unit.padEnd(3)}  (${range})${verdict}`;
}

void command.parseAsync();
