import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Figure } from './figures';
import { inWords, machine } from './figures';
import { pageOf } from './page/page';
import { tablesOf } from './page/tables';
import type { Part } from './part';
import { parts } from './parts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Options {
  readonly quick?: true;
  readonly only: readonly Part[];
  readonly json?: string;
  readonly page?: string;
  readonly tables?: string;
}

/** `npm run bench`: what Sagaline costs, compared with the alternatives, on this machine. */
const command = new Command('bench')
  .description('Measures what Sagaline costs, and holds it against what people would use instead.')
  .option('--quick', 'fewer and shorter rounds: some six minutes for all parts')
  .option('--only <parts>', `some of ${parts.map(({ name }) => name).join(',')}`, readParts, parts)
  .option('--json <file>', 'write the figures for a program, too')
  .option('--page <file>', 'write the figures as charts, one HTML file that needs nothing else')
  .option('--tables <file>', 'write the figures as Markdown')
  .addHelpText(
    'after',
    `\nParts:\n${parts.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`,
  )
  .action(async ({ quick, only, json, page, tables }: Options) => {
    const figures: Figure[] = [];
    for (const part of only) {
      const since = performance.now();
      say(`\n${part.name}: ${part.about}`);
      try {
        const measured = await part.run({ quick: quick === true, say: (line) => say(`  ${line}`) });
        for (const each of measured) say(`  ${inWords(each)}`);
        figures.push(...measured);
      } catch (error) {
        // The results of the other parts are useful even if one part fails.
        process.exitCode = 1;
        say(`  FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      say(`  (${((performance.now() - since) / 1_000).toFixed(0)} s)`);
      // Written after each part: if you interrupt a long run, you keep its results so far.
      const report = { machine: machine(), figures };
      if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
      if (page !== undefined) await writeFile(page, await pageOf(report));
      if (tables !== undefined) await writeFile(tables, tablesOf(report));
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

void command.parseAsync();
