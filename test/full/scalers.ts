/**
 * What KEDA's own scalers read of a backlog, with the metadata of deploy/kubernetes: from Temporal's development and production servers, and from a
 * Prometheus that scrapes a console. `npm run test:full -- scalers [part]`: four minutes, and a quarter of an hour more to build KEDA's
 * scalers and Temporal's server the first time. Needs Go, and downloads Debian's package prometheus by apt-get.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { errorMessage } from '../../src/contracts';
import { say } from '../support/journal/stage';
import { expectBridges } from './scalers/bridges';
import type { Expect } from './scalers/expect';
import { expectOf } from './scalers/expect';
import { buildKeda } from './scalers/keda';
import { expectPools } from './scalers/pools';
import { withStack } from './stack';
import { buildBinaries } from '../../scripts/temporal-server/build';
import { onCluster } from './temporal-server/stage';

const PARTS: Readonly<Record<string, (expect: Expect) => Promise<void>>> = {
  'development-server': (expect) => onDevelopmentServer((address) => expectPools(address, expect)),
  'production-server': async (expect) => {
    const binaries = await buildBinaries(say);
    await onCluster({ size: 1, binaries, log: () => undefined }, ({ address }) =>
      expectPools(address, expect),
    );
  },
  prometheus: expectBridges,
};

async function main(parts: readonly string[]): Promise<void> {
  const unknown = parts.find((part) => PARTS[part] === undefined);
  if (unknown !== undefined)
    throw new Error(`there is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const problems: string[] = [];
  const expect = expectOf(await buildKeda(say), problems);
  for (const part of parts) {
    say(`\n${part}`);
    await PARTS[part]?.(expect);
  }
  for (const problem of problems) say(problem);
  say(problems.length === 0 ? '\nKEDA reads what waits.' : '\nIT DID NOT HOLD');
  if (problems.length > 0) process.exitCode = 1;
}

function onDevelopmentServer(act: (address: string) => Promise<void>): Promise<void> {
  const external = { natsUrl: 'nats://not.started', databaseUrl: 'postgresql://not.started/none' };
  return withStack(external, ({ temporalAddress }) => act(temporalAddress));
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : Object.keys(PARTS)).catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
