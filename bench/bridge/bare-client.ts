// A client without a bridge's duties: it makes the same calls to Temporal, from a list in memory. A process of its own:
// `<address> <calls at once>`.
import { Client, Connection } from '@temporalio/client';
import { paced } from '../paced';
import { decoded, signalWithStart } from './call';
import { shopEvents } from './events';
import { serveRounds } from './side';

const [address = '', concurrency = '1'] = process.argv.slice(2);

async function main(): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  await serveRounds(({ run, count, perSecond }) => {
    const events = shopEvents(run, count).map(({ body }) => decoded(body));
    if (perSecond !== undefined)
      return () => paced(events, perSecond, (event) => signalWithStart(client, event));
    return async () => {
      let next = 0;
      const calling = Array.from({ length: Number(concurrency) }, async () => {
        for (let event = events[next++]; event; event = events[next++]) await signalWithStart(client, event);
      });
      await Promise.all(calling);
      return [];
    };
  });
  await connection.close();
}

void main();
