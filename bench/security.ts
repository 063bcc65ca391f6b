import type { Round } from './bridge/side';
import { ownSide } from './bridge/own-side';
import type { Figure, Target } from './figures';
import { figure } from './figures';
import type { Part } from './part';
import { receiveCarrierNotifications } from './saga/carrier-notifications';
import { roundOf } from './saga/round';
import { openBenchShop, SHOP_PROCESSES, SOON } from './saga/shop';
import { ourWay } from './saga/ways';
import type { SagaRound } from './sagas';
import type { CliContextOptions, Testbed } from './testbed';
import { inTestbed } from './testbed';

type Say = (line: string) => void;

/** A measured side with its testbed: secured, or open. */
type Measure<Measured> = (run: string) => Promise<Measured>;

interface Both<Measured> {
  readonly on: Measured;
  readonly off: Measured;
}

/** What TLS, users and encryption cost: the same work on a secured and on an open testbed, in turn. */
export const security: Part = {
  name: 'security',
  about: 'the bridge and the order on a secured and on an open stack, in turn',
  run: async ({ quick, say }) => {
    const [repeats, warmUps, events, orders] = quick ? [3, 1, 2_000, 30] : [5, 2, 4_000, 60];
    const bridge = await inTurn({ processes: ['bridge'] }, { repeats, warmUps, say }, bridgeOf(events));
    const shop = { processes: SHOP_PROCESSES, settings: SOON };
    const saga = await inTurn(shop, { repeats, warmUps, say }, sagaOf(orders));
    return [...bridgeFigures(bridge), ...sagaFigures(saga)];
  },
};

/** Opens a side of a comparison in its testbed. */
type Open<Measured> = (testbed: Testbed) => Promise<{
  readonly measure: Measure<Measured>;
  readonly close: () => Promise<void>;
}>;

async function inTurn<Measured extends object>(
  options: CliContextOptions,
  { repeats, warmUps, say }: { readonly repeats: number; readonly warmUps: number; readonly say: Say },
  open: Open<Measured>,
): Promise<Both<Measured>[]> {
  return inTestbed({ ...options, secure: true }, (secured) =>
    inTestbed(options, async (plain) => {
      const [on, off] = [await open(secured), await open(plain)];
      try {
        for (let n = 1; n <= warmUps; n++) for (const side of [on, off]) await side.measure(`warm-up${n}`);
        const rounds: Both<Measured>[] = [];
        for (let n = 1; n <= repeats; n++) {
          // The sides take turns in going first: the servers get slower as they fill.
          const first = n % 2 === 1 ? await on.measure(`round${n}`) : undefined;
          const plainly = await off.measure(`round${n}`);
          rounds.push({ on: first ?? (await on.measure(`round${n}`)), off: plainly });
          say(`round ${n}: ${JSON.stringify(rounds.at(-1))}`);
        }
        return rounds;
      } finally {
        await on.close();
        await off.close();
      }
    }),
  );
}

const bridgeOf =
  (events: number): Open<Round> =>
  async (testbed) => {
    const side = await ownSide(testbed);
    return { measure: (run) => side.round(run, events), close: () => side.close() };
  };

/** Orders that are open at once. */
const OPEN = 20;

const sagaOf =
  (orders: number): Open<SagaRound> =>
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
