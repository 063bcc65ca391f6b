import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, createPublisher } from '../src/adapters/nats';
import { shopEvents } from './events';
import type { Figure } from './figures';
import { figure } from './figures';
import { residentMiB } from './proc';
import { silent } from './silent';
import type { World } from './world';

/** Published in parts: what this program holds of them is not to be measured. */
const AT_ONCE = 2_000;
const LOOK_MS = 1_000;
/** What a bridge keeps of nothing to do: long enough for garbage to be collected. */
const IDLE_MS = 10_000;

/** How much memory a bridge takes more than idle, with a backlog in the stream that it works off all the while. */
export async function memoryByBacklog(
  world: World,
  { backlog, watchedMs, say }: { backlog: number; watchedMs: number; say: (line: string) => void },
): Promise<Figure[]> {
  const bridgePid = world.pid('bridge');
  const nats = await connectNats({ url: world.config.NATS_URL, name: 'bench', log: silent });
  const publish = createPublisher(nats.jetstream());
  await sleep(IDLE_MS);
  const idle = residentMiB(bridgePid);
  for (let from = 0; from < backlog; from += AT_ONCE) {
    await Promise.all(shopEvents(`backlog-${from}`, AT_ONCE).map((event) => publish(event)));
  }
  await nats.close();
  const seen: number[] = [];
  const until = Date.now() + watchedMs;
  while (Date.now() < until) {
    seen.push(residentMiB(bridgePid));
    await sleep(LOOK_MS);
  }
  const half = Math.floor(seen.length / 2);
  const growth = Math.max(...seen.slice(half)) - Math.max(...seen.slice(0, half));
  say(
    `  idle ${idle.toFixed(0)} MiB; with ${backlog} events to do ${Math.max(...seen).toFixed(0)} MiB at most`,
  );
  return [
    figure(`memory with a backlog of ${backlog}, above idle`, 'MiB', [Math.max(...seen) - idle], {
      atMost: 32,
    }),
    figure('its growth from the first half of the time to the second', 'MiB', [growth]),
  ];
}
