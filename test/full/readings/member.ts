/** A process with one member of the subscription. Arguments: its name, the addresses of NATS and of PostgreSQL. */
import { connectDatabase } from '../../../src/adapters/postgres';
import { subscribe } from '../../../src/subscriptions';
import { silentLog } from '../../support/log';
import { startMember } from '../../support/subscriptions';
import { devices, readings } from './contract';

async function main([, , member = '', url = '', databaseUrl = '']: readonly string[]): Promise<void> {
  const database = connectDatabase({ url: databaseUrl, poolSize: 10, name: member, log: silentLog });
  const running = await startMember({
    ...{ url, member, database, domain: devices, counts: false },
    subscribed: subscribe(readings, {
      handle: async (events, transaction) => {
        await transaction.query(
          `insert into public.readings (device, number, celsius, taken_at)
           select * from unnest($1::text[], $2::bigint[], $3::float8[], $4::timestamptz[])`,
          [
            events.map(({ key }) => key),
            events.map(({ data }) => data.number),
            events.map(({ data }) => data.celsius),
            events.map(({ data }) => data.takenAt),
          ],
        );
      },
    }),
  });
  process.send?.('ready');
  process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
}

void main(process.argv);
