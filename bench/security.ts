import type { Round } from './bridge/side';
import { ownSide } from './bridge/own-side';
import type { Figure, Target } from './figures';
import { figure } from './figures';
import type { Both, Sided } from './in-turn';
import { inTurn } from './in-turn';
import type { Part } from './part';
import { receiveCarrierNotifications } from './saga/carrier-notifications';
import { roundOf } from './saga/round';
import { openBenchShop, SHOP_PROCESSES, SOON } from './saga/shop';
import { ourWay } from './saga/ways';
import type { SagaRound } from './sagas';
import type { CliContextOptions } from './testbed';

/** What TLS, users and encryption cost: the same work on a secured and on an open testbed, in turn. */
export const security: Part = {
  name: 'security',
  about: 'the bridge and the order on a secured and on an open stack, in turn',
  run: async ({ quick, say }) => {
    const [repeats, warmUps, events, orders] = quick ? [3, 1, 2_000, 30] : [5, 2, 4_000, 60];
    const bridge = await inTurn(both({ processes: ['bridge'] }, bridgeOf(events)), { repeats, warmUps, say });
    const shop = { processes: SHOP_PROCESSES, settings: SOON };
    const saga = await inTurn(both(shop, sagaOf(orders)), { repeats, warmUps, say });
    return [...bridgeFigures(bridge), ...sagaFigures(saga)];
  },
};

/** On a secured testbed, and on one that is open. */
const both = <Measured>(
  options: CliContextOptions,
  open: Sided<Measured>['open'],
): Both<Sided<Measured>> => ({
  on: { options: { ...options, secure: true }, open },
  off: { options, open },
});

export const bridgeOf =
  (events: number): Sided<Round>['open'] =>
  async (testbed) => {
    const side = await ownSide(testbed);
    return { measure: (run) => side.round(run, events), close: () => side.close() };
  };

/** Orders that are open at once. */
const OPEN = 20;

const sagaOf =
  (orders: number): Sided<SagaRound>['open'] =>
  async (testbed) => {
    const shop = await openBenchShop(testbed);
    const way = ourWay(shop.client);
    const stop = await receiveCarrierNotifications(testbed.config.GATEWAY_PORT, (event) => way.tell(event));
    return {
      measure: (run) => roundOf(testbed, shop, way, { run: `ours_${run}`, orders, open: OPEN }),
      close: async () => {
        stop();
        await shop.close();
      },
    };
  };

const ratio = <Measured>(
  name: string,
  rounds: readonly Both<Measured>[],
  read: (measured: Measured) => number,
  target?: Target,
): Figure =>
  figure(
    `${name}, on ÷ off`,
    '',
    rounds.map(({ on, off }) => read(on) / read(off)),
    target,
  );

const BRIDGE_TARGET = { atMost: 1.25 };
const SAGA_TARGET = { atMost: 1.15 };

function bridgeFigures(rounds: readonly Both<Round>[]): Figure[] {
  return [
    ratio('security: processor time of the bridge per event', rounds, ({ cpuMs }) => cpuMs, BRIDGE_TARGET),
    ratio('security: time per event of a backlog', rounds, ({ perSecond }) => 1 / perSecond, BRIDGE_TARGET),
    ratio("security: NATS's processor time per event", rounds, ({ natsMs }) => natsMs),
    ratio("security: Temporal's processor time per event", rounds, ({ temporalMs }) => temporalMs),
  ];
}

function sagaFigures(rounds: readonly Both<SagaRound>[]): Figure[] {
  return [
    ratio(
      'security: processor time per order, server and workers',
      rounds,
      ({ cpuMs }) => cpuMs,
      SAGA_TARGET,
    ),
    ratio('security: workflow tasks per order', rounds, ({ workflowTasks }) => workflowTasks),
  ];
}
