import type { Part } from '../part';
import { inWorld } from '../world';
import { compareBridges } from './compare';
import { addedLatency } from './latency';

/** The bridge against a bare client and a naive bridge, on Temporal. */
export const bridge: Part = {
  name: 'bridge',
  about:
    'the bridge against a bare Temporal client and a naive bridge: throughput, processor time, added latency',
  run: ({ quick, say }) =>
    inWorld({ processes: ['bridge'] }, async (world) => {
      const [repeats, events] = quick ? [3, 1_000] : [7, 4_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 1 }, processorTime: { atMost: 1.15 } };
      return compareBridges(world, { repeats, events, what: 'Temporal', targets, say });
    }),
};

/** How much later an event is accepted than a bare client's call. */
export const latency: Part = {
  name: 'latency',
  about: 'what the bridge adds to the time that a bare call takes, at half load',
  run: ({ quick, say }) =>
    inWorld({ processes: ['bridge'] }, (world) => {
      const [repeats, seconds] = quick ? [3, 4] : [7, 15];
      return addedLatency(world, { repeats, seconds, say });
    }),
};

/** The same on a stub of Temporal that answers at once: the server does not hide the bridge. */
export const stub: Part = {
  name: 'stub',
  about: 'the bridge against a bare client and a naive bridge on a stub of Temporal that answers at once',
  run: ({ quick, say }) =>
    inWorld({ temporal: { stubMs: 0 }, processes: ['bridge'] }, (world) => {
      const [repeats, events] = quick ? [3, 3_000] : [7, 12_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 0.8 } };
      return compareBridges(world, { repeats, events, what: 'stub', targets, say });
    }),
};
