import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Figure } from '../figures';
import { machine } from '../figures';
import { compare } from './compare';
import { openEffectsTable } from './effects';
import { figuresOf } from './report';
import { inTestbed } from './testbed';

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Options {
  readonly quick?: true;
  readonly inFlight: string;
  readonly wait?: true;
  readonly json?: string;
}

/** `npm run bench:peers`: the same sagas with Restate, DBOS and Sagaline in turn, on this machine. */
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
    const rounds = await inTestbed(async (testbed) => {
      const table = await openEffectsTable(testbed.databaseUrl);
      try {
        say(`PostgreSQL: synchronous_commit ${await table.synchronousCommit()}; ${inFlight} sagas under way`);
        const sides = [
          await testbed.sagaline(),
          await testbed.restate(),
          await testbed.dbos(),
          await testbed.bridged(),
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

function inWords({ name, value, unit, spread: [least, most], target, met }: Figure): string {
  const digits = value >= 100 ? 0 : 2;
  const range = `${least.toFixed(digits)} to ${most.toFixed(digits)}`;
  const verdict = target === undefined ? '' : `   ${target}: ${met === true ? 'met' : 'NOT MET'}`;
  return `${name.padEnd(64)} ${value.toFixed(digits).padStart(7)} ${unit.padEnd(3)}  (${range})${verdict}`;
}

void command.parseAsync();
