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
      const [repeats, warmUps, events] = quick ? [2, 1, 500] : [5, 3, 2_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 1 }, processorTime: { atMost: 1.15 } };
      return compareBridges(world, { repeats, warmUps, events, what: 'Temporal', targets, say });
    }),
};

/** How much later an event is accepted than a bare client's call. */
export const latency: Part = {
  name: 'latency',
  about: 'what the bridge adds to the time that a bare call takes, at half load',
  run: ({ quick, say }) =>
    inWorld({ processes: ['bridge'] }, (world) => {
      const [repeats, seconds, calibration] = quick ? [2, 2, 400] : [5, 10, 1_000];
      return addedLatency(world, { repeats, seconds, calibration, say });
    }),
};

/** The same on a stub of Temporal that answers at once: the server does not hide the bridge. */
export const stub: Part = {
  name: 'stub',
  about: 'the bridge against a bare client and a naive bridge on a stub of Temporal that answers at once',
  run: ({ quick, say }) =>
    inWorld({ temporal: { stubMs: 0 }, processes: ['bridge'] }, (world) => {
      const [repeats, warmUps, events] = quick ? [2, 2, 2_000] : [5, 3, 6_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 0.8 } };
      return compareBridges(world, { repeats, warmUps, events, what: 'stub', targets, say });
    }),
};
