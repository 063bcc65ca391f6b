import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import { startLocal } from '../workers/local';
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
    const local = await startLocal({
      catalogue: createCatalogue(domains),
      settings: await ownStackSettings(folder),
      log: (line) => say(`  ${line}`),
    });
    try {
      const shop = await openShop(local);
      const results = await Promise.all(
        cases.map(async (demoCase) => ({ ...demoCase, ...(await attempt(demoCase, shop)) })),
      );
      await shop.close();
      report(results);
      if (options.json !== undefined)
        await writeFile(options.json, `${JSON.stringify(forPrograms(results), null, 2)}\n`);
      if (results.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
      if (options.keep) await untilInterrupted();
    } finally {
      await local.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

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

function report(results: readonly Result[]): void {
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
  say('In the Temporal UI (while the stack is up: npm run demo -- --keep)');
  for (const { name, link } of results) say(`  ${name.padEnd(16)} ${link}`);
  say('');
  for (const { name, problems } of results) for (const problem of problems) say(`${name}: ${problem}`);
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
  say('\nPress Ctrl-C to end.');
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

void runCommand(command);
