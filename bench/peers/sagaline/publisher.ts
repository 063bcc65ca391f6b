// Publishes events to the stream, and looks into PostgreSQL for the last step of their sagas: nobody asks Temporal.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, createPublisher } from '../../../src/adapters/nats';
import { encodeEvent, newEvent } from '../../../src/contracts';
import { appConfig } from '../../../workers/config';
import { serveRounds } from '../drive';
import { openEffects } from '../effects';
import { requested } from './domain';

/** Added to a saga's time at most; 100 looks a second cost PostgreSQL little. */
const LOOK_MS = 10;

async function main(): Promise<void> {
  const silent = () => undefined;
  const log = { info: silent, warn: silent, error: silent };
  const config = appConfig([]);
  const nats = await connectNats({ url: config.NATS_URL, name: 'bench', log });
  const publish = createPublisher(nats.jetstream());
  const effects = openEffects(config.DATABASE_URL, 'bench-publisher');
  const waiting = new Map<string, () => void>();

  serveRounds(async (id) => {
    const ended = new Promise<void>((resolve) => waiting.set(id, resolve));
    const event = newEvent(requested, { id, data: { sagaId: id } });
    await publish(encodeEvent(event, { source: '/bench/peers' }));
    await ended;
  });

  for (;;) {
    await sleep(LOOK_MS);
    if (waiting.size === 0) continue;
    for (const id of await effects.finished([...waiting.keys()])) {
      waiting.get(id)?.();
      waiting.delete(id);
    }
  }
}

void main();
