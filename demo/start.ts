import { Command } from 'commander';
import { environment } from '../src/config';
import { createCatalogue } from '../src/contracts';
import { untilOrphaned } from '../src/dev/orphaned';
import { domains } from '../src/domains';
import type { Local, RoleCounts } from '../workers/local';
import { startLocal } from '../workers/local';
import type { Say } from './command-line';
import { runCommand, say } from './command-line';
import { readCount, readWorkerCounts } from './role-counts';
import { openShop } from './shop';
import { showTwoOrders } from './tour';

interface Options {
  readonly orders: boolean;
  readonly fresh?: true;
  readonly workers?: RoleCounts;
  readonly bridges?: number;
  readonly relays?: number;
}

/** `npm start`: everything on this machine, two orders to watch, then it stays up until Ctrl-C. */
const command = new Command('start')
  .description('Starts the servers and all processes of Sagaline on this machine, and shows two orders.')
  .option('--no-orders', 'only start, submit nothing')
  .option('--workers <pool=count>', 'processes of a worker pool: payments=3,shipping=2', readWorkerCounts)
  .option('--bridges <count>', 'processes of the bridge', readCount)
  .option('--relays <count>', 'processes of the relay: one is active, the others stand by', readCount)
  .option(
    '--fresh',
    'begin anew: delete the streams, workflows, database, journal and logs of earlier runs in DATA_DIR',
  )
  .action(async (options: Options) => {
    endWithNpm();
    const interrupted = untilInterrupted();
    let started = false;
    void interrupted.then(() => {
      if (started) return;
      // Half a stack has no order to end in: our end is the watchdogs' signal to end what runs.
      say('\nending what has been started …');
      process.exit(INTERRUPTED);
    });
    const local = await startLocal({
      catalogue: createCatalogue(domains),
      settings: {},
      counts: { bridge: options.bridges ?? 1, relay: options.relays ?? 1, ...options.workers },
      fresh: options.fresh === true,
      log: (line) => say(`  ${line}`),
    });
    started = true;
    const stop = stopper(local);
    void interrupted.then(stop);
    try {
      introduce(local, say);
      await tour(local, options);
    } catch (error) {
      if (!stop.asked()) throw error;
    } finally {
      if (!stop.asked())
        say('\nAll is up. Submit an order of your own (README, "Your first order"), or press Ctrl-C to end.');
      await interrupted;
      await stop();
    }
  });

/** Exit code of a program that ends because of Ctrl-C. */
const INTERRUPTED = 130;
/** As after SIGKILL. */
const ORPHANED = 137;

async function tour(local: Local, { orders }: Options): Promise<void> {
  const shop = await openShop(local);
  try {
    if (orders) await showTwoOrders(shop, say);
  } finally {
    await shop.close();
  }
}

function introduce(local: Local, say: Say): void {
  const { gatewayUrl, temporalUiUrl, sandboxUrl, config, logFolder } = local;
  say(`
  processes     ${inWords(Object.keys(local.rolePids()))}
  Temporal UI   ${temporalUiUrl}
  gateway       ${gatewayUrl}/events
  NATS          ${config.NATS_URL}
  PostgreSQL    ${config.DATABASE_URL}
  providers     ${sandboxUrl}/sandbox/payments (a sandbox)
  logs          ${logFolder}`);
}

/** `payments-2` is the second of its kind: how many there are of each. */
function inWords(names: readonly string[]): string {
  const kinds = names.map((name) => name.replace(/^worker:/, '').replace(/-\d+$/, ''));
  return [...new Set(kinds)]
    .map((kind) => [kind, kinds.filter((other) => other === kind).length] as const)
    .map(([kind, count]) => (count === 1 ? kind : `${kind} × ${count}`))
    .sort()
    .join(', ');
}

/** Stops once, however often it is asked to. */
function stopper(local: Local): (() => Promise<void>) & { asked(): boolean } {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (!stopping) say('\nending the processes, then the servers …');
    return (stopping ??= local.stop());
  };
  return Object.assign(stop, { asked: () => stopping !== undefined });
}

/** Killed, npm leaves us running with nobody to press Ctrl-C: as if we were killed too, the watchdogs end the rest. */
function endWithNpm(): void {
  if (environment()['npm_lifecycle_event'] !== 'start') return;
  void untilOrphaned().then(() => process.exit(ORPHANED));
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

void runCommand(command);
