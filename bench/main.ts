import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Figure } from './figures';
import { machine } from './figures';
import type { Part } from './part';
import { parts } from './parts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Options {
  readonly quick?: true;
  readonly only: readonly Part[];
  readonly json?: string;
}

/** `npm run bench`: what Sagaline costs, held against what people would use instead, on this machine. */
const command = new Command('bench')
  .description('Measures what Sagaline costs, and holds it against what people would use instead.')
  .option('--quick', 'fewer and shorter rounds: under five minutes for all parts')
  .option('--only <parts>', `some of ${parts.map(({ name }) => name).join(',')}`, readParts, parts)
  .option('--json <file>', 'write the figures for a program, too')
  .addHelpText(
    'after',
    `\nParts:\n${parts.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`,
  )
  .action(async ({ quick, only, json }: Options) => {
    const figures: Figure[] = [];
    for (const part of only) {
      const since = performance.now();
      say(`\n${part.name}: ${part.about}`);
      const measured = await part.run({ quick: quick === true, say: (line) => say(`  ${line}`) });
      for (const each of measured) say(`  ${inWords(each)}`);
      say(`  (${((performance.now() - since) / 1_000).toFixed(0)} s)`);
      figures.push(...measured);
    }
    if (json !== undefined) {
      await writeFile(json, `${JSON.stringify({ machine: machine(), figures }, null, 2)}\n`);
    }
    if (figures.some(({ met }) => met === false)) process.exitCode = 1;
  });

function readParts(names: string): Part[] {
  return names.split(',').map((name) => {
    const part = parts.find((each) => each.name === name);
    if (!part) throw new InvalidArgumentError(`there is no part "${name}".`);
    return part;
  });
}

function inWords({ name, value, unit, spread: [least, most], target, met }: Figure): string {
  const digits = value >= 100 ? 0 : 2;
  const range = `${least.toFixed(digits)} to ${most.toFixed(digits)}`;
  const verdict = target === undefined ? '' : `   ${target}: ${met === true ? 'met' : 'NOT MET'}`;
  return `${name.padEnd(72)} ${value.toFixed(digits).padStart(6)} ${unit.padEnd(3)}  (${range})${verdict}`;
}

void command.parseAsync();
