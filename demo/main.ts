import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import type { Local } from '../workers/local';
import { startLocal } from '../workers/local';
import { checkBooks } from './books';
import type { CaseResult, DemoCase } from './case';
import { cases } from './cases';
import { runCommand, say } from './command-line';
import { ownStackSettings } from './local-settings';
import type { Shop } from './shop';
import { openShop } from './shop';
import { table } from './table';

/**
 * `npm run demo`: a stack of its own, all cases at once, a table, and exit code 0 only if every case ended as it should.
 * With `--keep` the stack stays up after that, for looking around.
 */
const command = new Command('demo')
  .description('Runs every case of the shop on a stack of its own and says how each ended.')
  .option('--json <file>', 'write the results for a program, too')
  .option('--keep', 'leave everything running until Ctrl-C')
  .action(async (options: { json?: string; keep?: true }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-demo-'));
    let local: Local | undefined;
    const clear = async () => {
      await local?.stop();
      await rm(folder, { recursive: true, force: true });
    };
    const interrupted = untilInterrupted();
    void interrupted.then(clear).then(() => process.exit(process.exitCode ?? INTERRUPTED));
    try {
      const settings = await ownStackSettings(folder);
      local = await startLocal({
        catalogue: createCatalogue(domains),
        settings,
        log: (line) => say(`  ${line}`),
      });
      await runCases(local, options.json);
      if (options.keep) {
        say('\nPress Ctrl-C to end.');
        await interrupted;
      }
    } finally {
      await clear();
    }
  });

/** Exit code of a program that ends because of Ctrl-C. */
const INTERRUPTED = 130;

async function runCases(local: Local, json: string | undefined): Promise<void> {
  const shop = await openShop(local);
  const results = await Promise.all(
    cases.map(async (demoCase) => ({ ...demoCase, ...(await attempt(demoCase, shop)) })),
  );
  const books = await checkBooks(shop);
  await shop.close();
  report(results, books);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(forPrograms(results), null, 2)}\n`);
  if (books.problems.length > 0 || results.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

type Result = DemoCase & CaseResult;

/** A case that breaks off is a case that failed: the others still tell. */
async function attempt(demoCase: DemoCase, shop: Shop): Promise<CaseResult> {
  try {
    return await demoCase.run(shop);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      workflowId: '',
      link: '',
      expected: 'an end',
      actual: 'broken off',
      compensations: [],
      effects: [],
      problems: [message],
    };
  }
}

function report(results: readonly Result[], books: Awaited<ReturnType<typeof checkBooks>>): void {
  say('');
  say(
    table(
      ['case', 'ended as', 'undone, in this order', 'ok'],
      results.map(({ name, actual, compensations, problems }) => [
        name,
        actual,
        compensations.join(', ') || '-',
        problems.length === 0 ? 'ok' : 'NOT OK',
      ]),
    ),
  );
  say('');
  say('The books');
  for (const line of books.lines) say(`  ${line}`);
  say('');
  say('In the Temporal UI (while the stack is up: npm run demo -- --keep)');
  for (const { name, link } of results) say(`  ${name.padEnd(22)} ${link}`);
  say('');
  for (const { name, problems } of results) for (const problem of problems) say(`${name}: ${problem}`);
  for (const problem of books.problems) say(`books: ${problem}`);
  const good = results.filter(({ problems }) => problems.length === 0).length;
  say(`${good} of ${results.length} cases ended as they should`);
}

function forPrograms(results: readonly Result[]) {
  return {
    cases: results.map(({ name, workflowId, expected, actual, problems, compensations, effects }) => ({
      name,
      workflowId,
      expected,
      actual,
      ok: problems.length === 0,
      compensations,
      effects,
    })),
  };
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

void runCommand(command);
