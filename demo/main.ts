import { randomInt } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Random } from '../src/dev/random';
import { seededRandom } from '../src/dev/random';
import type { Local } from '../src/runtime/local';
import { loadApp } from '../src/runtime/load';
import { startLocal } from '../src/runtime/local';
import { checkBooks } from './books';
import type { DemoCase } from './case';
import { attempt } from './case';
import { cases } from './cases';
import { runCommand, say } from './command-line';
import type { Kill } from './killer';
import { executePlan, planKills } from './killer';
import { OPERATOR_SETTINGS, ownStackSettings, PATIENT_SETTINGS } from './local-settings';
import { forPrograms, report, reportKills } from './report';
import type { Shop } from './shop';
import { openShop } from './shop';
import { traffic } from './traffic';
import { removeFolder } from '../src/files/remove-folder';

interface Options {
  readonly json?: string;
  readonly keep?: true;
  readonly kill?: true;
  readonly seed?: number;
  readonly secure?: true;
}

/**
 * `npm run demo` starts its own stack, runs all cases at once and prints a table. Exit code 0 only if every case ended as
 * it should.
 */
const command = new Command('demo')
  .description('Runs every case of the shop on a stack of its own and says how each ended.')
  .option('--json <file>', 'write the results for a program, too')
  .option('--keep', 'leave everything running until Ctrl-C')
  .option(
    '--kill',
    'kill every process of Sagaline (SIGKILL), several times over, while orders are in flight',
  )
  .option('--seed <number>', 'with --kill: the same kills and orders as another run', readSeed)
  .option('--secure', 'on a secured stack: docs/secured-start.md')
  .action(async (options: Options) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-demo-'));
    let local: Local | undefined;
    const clear = async () => {
      await local?.stop();
      await removeFolder(folder);
    };
    const interrupted = untilInterrupted();
    void interrupted.then(clear).then(() => process.exit(process.exitCode ?? INTERRUPTED));
    try {
      const settings = { ...(await ownStackSettings(folder)), ...OPERATOR_SETTINGS };
      local = await startLocal({
        app: loadApp(),
        settings: options.kill ? { ...settings, ...PATIENT_SETTINGS } : settings,
        counts: options.kill ? { relay: 2 } : {},
        secure: options.secure === true,
        log: (line) => say(`  ${line}`),
      });
      await runAll(local, options);
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
/** The number of seeds: few enough that you can type one. */
const SEEDS = 1_000_000;

function readSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed < SEEDS) return seed;
  throw new InvalidArgumentError(`it must be a whole number from 0 to ${SEEDS - 1}.`);
}

async function runAll(local: Local, options: Options): Promise<void> {
  const shop = await openShop(local, { patience: options.kill ? PATIENCE : 1 });
  const { results, kills } = options.kill
    ? await runUnderKills(shop, options.seed ?? randomInt(SEEDS))
    : { results: await runCases(shop, cases), kills: [] };
  const books = await checkBooks(shop);
  await shop.close();
  if (kills.length > 0) reportKills(kills);
  report(results, books, { kept: options.keep === true });
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify(forPrograms(results, books, kills), null, 2)}\n`);
  }
  if (books.problems.length > 0 || results.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

/** How many times longer things may take: a kill during a step costs up to ten seconds, and an order may meet several. */
const PATIENCE = 4;
const ROUNDS = 2;
const TRAFFIC_ORDERS = 60;

async function runUnderKills(shop: Shop, seed: number) {
  say(`\nseed ${seed} (npm run demo -- --kill --seed ${seed} plans the same kills and orders)`);
  const random = seededRandom(seed);
  const plan = planKills(random, Object.keys(shop.local.rolePids()).sort(), ROUNDS);
  const overMs = plan.at(-1)?.afterMs ?? 0;
  const all = [
    ...cases.map((demoCase) => startedLater(demoCase, random, overMs)),
    traffic(random, { orders: TRAFFIC_ORDERS, overMs }),
  ];
  const [results, kills]: [Awaited<ReturnType<typeof runCases>>, Kill[]] = await Promise.all([
    runCases(shop, all),
    executePlan(plan, shop, say),
  ]);
  return { results, kills };
}

/** Starts a case at a random time, so that the kills hit it at different steps. */
function startedLater(demoCase: DemoCase, random: Random, withinMs: number): DemoCase {
  const afterMs = random.between(0, withinMs);
  return { ...demoCase, run: (shop) => sleep(afterMs).then(() => demoCase.run(shop)) };
}

function runCases(shop: Shop, list: readonly DemoCase[]) {
  return Promise.all(
    list.map(async (demoCase) => ({ ...demoCase, ...(await attempt(() => demoCase.run(shop))) })),
  );
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

void runCommand(command);
