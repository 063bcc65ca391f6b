import { againstBareClient } from './against-client';
import { memoryByBacklog } from './memory';
import type { Part } from './part';
import { inWorld } from './world';

/** The bridge against a bare client, on Temporal; then with a backlog before it. */
export const bridge: Part = {
  name: 'bridge',
  about: 'the bridge against a bare Temporal client: throughput, processor time per event; memory by backlog',
  run: ({ quick, say }) =>
    inWorld({ processes: ['bridge'] }, async (world) => {
      const [repeats, events, backlog, watchedMs] = quick
        ? [3, 2_000, 20_000, 20_000]
        : [7, 4_000, 100_000, 90_000];
      say(`${repeats} rounds of ${events} events for each side, then a backlog of ${backlog}`);
      const targets = { throughput: 1, processorTime: 1.15 };
      return [
        ...(await againstBareClient(world, { repeats, events, what: 'Temporal', targets, say })),
        ...(await memoryByBacklog(world, { backlog, watchedMs, say })),
      ];
    }),
};

/** The same on a stub of Temporal that answers at once: the server does not hide the bridge. */
export const stub: Part = {
  name: 'stub',
  about: 'the bridge against a bare client on a stub of Temporal that answers at once',
  run: ({ quick, say }) =>
    inWorld({ temporal: { stubMs: 0 }, processes: ['bridge'] }, (world) => {
      const [repeats, events] = quick ? [3, 5_000] : [7, 12_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: 0.8 };
      return againstBareClient(world, { repeats, events, what: 'stub', targets, say });
    }),
};
