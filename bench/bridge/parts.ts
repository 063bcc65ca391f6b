import type { Part } from '../part';
import { inTestbed } from '../testbed';
import { compareBridges } from './compare';
import { addedLatency, mostPerSecond } from './latency';

/** Repeats, warm-ups and events of a round: an event costs the production server and its PostgreSQL twice as much. */
const ON_PRODUCTION = [5, 1, 700] as const;

/** The bridge against a bare client and a naive bridge, on Temporal. */
export const bridge: Part = {
  name: 'bridge',
  about: 'the bridge against a bare Temporal client and a naive bridge: throughput, processor time',
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed({ temporal, processes: ['bridge'] }, async (testbed) => {
      const [repeats, warmUps, events] = quick ? [2, 1, 500] : temporal ? ON_PRODUCTION : [5, 2, 4_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 1 }, processorTime: { atMost: 1 } };
      return compareBridges(testbed, { repeats, warmUps, events, what: 'Temporal', targets, say });
    }),
};

/**
 * How much later an event is accepted than a bare client's call: on Temporal, and at the same rate on a stub that answers as
 * fast as Temporal mostly does, and never pauses.
 */
export const latency: Part = {
  name: 'latency',
  about:
    'what the bridge adds to the time that a bare call takes, at half load; at the same rate on a stub, too',
  onProduction: true,
  run: async ({ quick, say, temporal }) => {
    const [repeats, seconds, calibration] = quick ? [2, 2, 400] : [5, 10, 1_000];
    let perSecond = 0;
    const onTemporal = await inTestbed({ temporal, processes: ['bridge'] }, async (testbed) => {
      perSecond = Math.floor((await mostPerSecond(testbed, calibration)) / 2);
      return addedLatency(testbed, { what: 'latency', repeats, seconds, perSecond, say });
    });
    // The stub is the same, whatever the server.
    if (temporal) return onTemporal;
    const onStub = await inTestbed({ temporal: { stubMs: 3 }, processes: ['bridge'] }, (testbed) =>
      addedLatency(testbed, { what: 'latency on a stub of 3 ms', repeats, seconds, perSecond, say }),
    );
    return [...onTemporal, ...onStub];
  },
};

/** The same on a stub of Temporal that answers at once: a real server would hide the costs of the bridge. */
export const stub: Part = {
  name: 'stub',
  about: 'the bridge against a bare client and a naive bridge on a stub of Temporal that answers at once',
  run: ({ quick, say }) =>
    inTestbed({ temporal: { stubMs: 0 }, processes: ['bridge'] }, (testbed) => {
      const [repeats, warmUps, events] = quick ? [2, 2, 2_000] : [5, 3, 6_000];
      say(`${repeats} rounds of ${events} events for each side`);
      const targets = { throughput: { atLeast: 0.8 } };
      return compareBridges(testbed, { repeats, warmUps, events, what: 'stub', targets, say });
    }),
};
