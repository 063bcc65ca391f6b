/**
 * A hot key at full length, too long for `npm test`: 12,000 views of one article, more than the 10,000 signals that one run
 * of a workflow may have. `npm run test:full -- batcher [events]`
 */
import { connectNats, provisionStreams } from '../../src/adapters/nats';
import { connectDatabase } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import { loadApp } from '../../src/runtime/load';
import { migrationsOf } from '../../src/runtime/migrations';
import { silentLog } from '../support/log';
import { quietRuntime } from '../../src/testing';
import buildBundles from '../support/setup/bundles';
import { prepared } from '../support/setup/handover';
import { countViews } from '../shop/support/views';
import { numberGiven } from './number';
import { withStack } from './stack';

const EVENTS = 12_000;
const STREAM_BYTES = 256 * 1024 * 1024;
const WITHIN_MS = 30 * 60_000;

async function main(events: number): Promise<void> {
  quietRuntime();
  await buildBundles();
  await withStack({}, async ({ natsUrl: url, temporalAddress, databaseUrl }) => {
    await migrate(databaseUrl, migrationsOf(loadApp()), silentLog);
    const connection = await connectNats({ url, name: 'full', log: silentLog });
    await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
    const database = connectDatabase({ url: databaseUrl, poolSize: 10, name: 'full', log: silentLog });
    const counts = await countViews({
      nats: { url, connection },
      temporalAddress,
      database,
      events,
      bundle: prepared('bundles').product,
      withinMs: WITHIN_MS,
    });
    process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
    if (counts.views !== events || counts.signals !== events + Math.ceil(events / 10)) {
      process.stdout.write('The sum in PostgreSQL, or the number of signals, is not what was published.\n');
      process.exitCode = 1;
    }
    await connection.close();
    await database.end();
  });
}

void main(numberGiven('events', EVENTS));
