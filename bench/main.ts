import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { BuildError } from '../scripts/go';
import { buildServer, SERVER_VERSION } from '../scripts/temporal-server/build';
import type { Figure } from './figures';
import { inWords, machine } from './figures';
import { pageOf } from './page/page';
import { tablesOf } from './page/tables';
import type { Part } from './part';
import type { ServerName } from './options';
import { partsNamed, partsOn, SERVERS } from './options';
import { parts } from './parts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Options {
  readonly quick?: true;
  readonly only?: readonly Part[];
  readonly server: ServerName;
  readonly json?: string;
  readonly page?: string;
  readonly tables?: string;
}

/** `npm run bench`: what Sagaline costs, compared with the alternatives, on this machine. */
const command = new Command('bench')
  .description('Measures what Sagaline costs, and holds it against what people would use instead.')
  .option('--quick', 'fewer and shorter rounds: some six minutes for all parts')
  .option('--only <parts>', `some of ${parts.map(({ name }) => name).join(',')}`, (names) =>
    partsNamed(names, parts),
  )
  .addOption(
    new Option(
      '--server <server>',
      `Temporal's server: the production server is ${SERVER_VERSION}, built with Go`,
    )
      .choices(SERVERS)
      .default('development'),
  )
  .option('--json <file>', 'write the figures for a program, too')
  .option('--page <file>', 'write the figures as charts, one HTML file that needs nothing else')
  .option('--tables <file>', 'write the figures as Markdown')
  .addHelpText(
    'after',
    `\nParts:\n${parts.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`,
  )
  .action(async ({ quick, only, server, json, page, tables }: Options) => {
    const figures: Figure[] = [];
    const wanted = await orRefuse(() => partsOn(server, only, parts));
    const temporal = server === 'production' ? await orRefuse(() => buildServer(say)) : undefined;
    for (const part of wanted) {
      const since = performance.now();
      say(`\n${part.name}: ${part.about}`);
      try {
        const measured = await part.run({
          quick: quick === true,
          say: (line) => say(`  ${line}`),
          temporal,
        });
        for (const each of measured) say(`  ${inWords(each)}`);
        figures.push(...measured);
      } catch (error) {
        // The results of the other parts are useful even if one part fails.
        process.exitCode = 1;
        say(`  FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      say(`  (${((performance.now() - since) / 1_000).toFixed(0)} s)`);
      // Written after each part: if you interrupt a long run, you keep its results so far.
      const report = { machine: `${machine()}, ${server} server`, figures };
      if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
      if (page !== undefined) await writeFile(page, await pageOf(report));
      if (tables !== undefined) await writeFile(tables, tablesOf(report));
    }
    if (figures.some(({ met }) => met === false)) process.exitCode = 1;
  });

/** Ends the program when something is asked that cannot be had; the message says what to do. */
async function orRefuse<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidArgumentError || error instanceof BuildError)
      command.error(`error: ${error.message}`);
    throw error;
  }
}

void command.parseAsync();
