/**
 * `npm run test:full -- servers`: Sagaline on real Temporal servers with PostgreSQL. Not part of `npm test`: the first run builds the
 * server, which takes ten minutes. Says what it does and how long that may take, ends by itself, exit code 0 only if all
 * held.
 */
import { Command } from 'commander';
import { runCommand, say } from '../../../demo/command-line';
import { OPERATOR_SETTINGS } from '../../../demo/local-settings';
import { buildBinaries, SERVER_VERSION, UI_VERSION } from '../../../scripts/temporal-server/build';
import { compareCost } from './cost';
import { runDemoCases } from './demo-cases';
import { killNodesInTurn } from './kill';
import { inShop, onCluster } from './stage';

const PLAN = `Sagaline on Temporal ${SERVER_VERSION} (UI ${UI_VERSION}) and PostgreSQL, all on this machine:
  1  build server, schema tool and UI        ten minutes the first time, then nothing
  2  one node: the cost of an order, and the demo's cases         two minutes
  3  two nodes: orders flow, one node is killed and started again,
     then the other one                                           four minutes
`;

/** Orders of the demo's cases wait for seconds. With a server away they would rightly give up; production waits for days. */
const LONG_DEADLINES = {
  ORDER_SUBMISSION_WITHIN_MS: '',
  ORDER_AUTHORIZATION_WITHIN_MS: '',
  ORDER_DELIVERY_WITHIN_MS: '',
};

const command = new Command('servers')
  .description('Runs the demo and the kill of a server node on real Temporal servers.')
  .action(async () => {
    const quit = () => process.exit(INTERRUPTED);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, quit);
    say(PLAN);
    const log = (line: string) => say(`  ${line}`);
    const binaries = await buildBinaries(log);

    say('\nOne node');
    const onOne = await onCluster({ size: 1, binaries, log }, async (cluster) => {
      const cost = await compareCost(cluster, log);
      return [
        ...cost,
        ...(await inShop({ cluster, settings: OPERATOR_SETTINGS, log }, (shop) => runDemoCases(shop, log))),
      ];
    });

    say('\nTwo nodes');
    const onTwo = await onCluster({ size: 2, binaries, log }, (cluster) =>
      inShop({ cluster, settings: LONG_DEADLINES, log }, (shop) => killNodesInTurn({ cluster, shop }, log)),
    );

    const problems = [...onOne, ...onTwo];
    say('');
    for (const problem of problems) say(problem);
    say(problems.length === 0 ? 'All held.' : `${problems.length} problems.`);
    if (problems.length > 0) process.exitCode = 1;
  });

/** Exit code of a program that ends because of Ctrl-C; the watchdogs end what runs. */
const INTERRUPTED = 130;

void runCommand(command);
