/**
 * `npm run test:full -- restore`: under a load of orders the three stores are backed up at different moments; all of them are lost, and
 * restored by the commands of docs/backup.md. Says what differed, what was done again, what `reconcile` found, what can be lost and
 * how long it took. Exit code 0 only if nothing that a store had confirmed is lost or doubled.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { runCommand, say } from '../../demo/command-line';
import { ownStackSettings } from '../../demo/local-settings';
import { openShop } from '../../demo/shop';
import { loadApp } from '../../src/runtime/load';
import { startLocal } from '../../src/runtime/local';
import { playRound } from './restore/round';
import type { Store } from './restore/servers';
import { startServers } from './restore/servers';

const PLAN = `PostgreSQL, JetStream and Temporal's production server, with orders of the shop:
  in each round the stores are backed up in another order, 8 s apart, all is lost, and restored
`;

/** The letters: PostgreSQL, streams, workflows. Each store is the oldest once. */
const ROUNDS: readonly (readonly [Store, Store, Store])[] = [
  ['database', 'streams', 'workflows'],
  ['workflows', 'streams', 'database'],
  ['streams', 'database', 'workflows'],
];

/**
 * Orders take some ten seconds, so that every backup meets orders in all states. Notifications of the carrier are lost with the
 * streams' tail, and not sent again: each order asks the carrier at its deadline, which is days in production.
 */
const SETTINGS = {
  SANDBOX_DISPATCH_MS: '3000',
  SANDBOX_DELIVERY_MS: '4000',
  ORDER_SUBMISSION_WITHIN_MS: '',
  ORDER_AUTHORIZATION_WITHIN_MS: '',
  ORDER_DISPATCH_WITHIN_MS: '20000',
  ORDER_DELIVERY_WITHIN_MS: '20000',
  RECONCILE_GRACE_MS: '1000',
};
const PATIENCE = 4;
/** Exit code of a program that ends because of Ctrl-C; the watchdogs end what runs. */
const INTERRUPTED = 130;

const command = new Command('restore')
  .description('Backs up, loses and restores the three stores under load.')
  .argument('[rounds]', `how many of ${ROUNDS.length}`, Number, ROUNDS.length)
  .action(async (rounds: number) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(INTERRUPTED));
    say(PLAN);
    const problems = await inFolder((folder) => play(folder, rounds));
    for (const problem of problems) say(`NOT OK: ${problem}`);
    say(problems.length === 0 ? '\nAll held.' : `\n${problems.length} problems.`);
    if (problems.length > 0) process.exitCode = 1;
  });

async function play(folder: string, rounds: number): Promise<string[]> {
  const log = (line: string) => say(`  ${line}`);
  const servers = await startServers(folder, log);
  const settings = {
    ...(await ownStackSettings(path.join(folder, 'roles'))),
    ...{ NATS_URL: servers.natsUrl, DATABASE_URL: servers.databaseUrl },
    ...{ TEMPORAL_ADDRESS: servers.cluster.address, TEMPORAL_UI_URL: servers.cluster.uiUrl },
    ...SETTINGS,
  };
  const open = async () => {
    const local = await startLocal({ app: loadApp(), settings, log });
    const shop = await openShop(local, { patience: PATIENCE });
    let closed: Promise<void> | undefined;
    return { shop, close: () => (closed ??= shop.close().finally(() => local.stop())) };
  };
  let shop = await open();
  const problems: string[] = [];
  try {
    for (const [index, order] of ROUNDS.slice(0, rounds).entries()) {
      const round = await playRound({ servers, settings, open, shop, number: index + 1, order, log });
      shop = round.shop;
      problems.push(...round.problems.map((problem) => `round ${index + 1}: ${problem}`));
    }
  } finally {
    await shop.close();
    await servers.stop();
  }
  return problems;
}

async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-full-restore-'));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void runCommand(command);
