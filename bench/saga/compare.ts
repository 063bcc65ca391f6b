import type { DomainEvent } from '../../src/contracts';
import { placementOf } from '../../src/contracts';
import { order as orderProcess } from '../../domains/shop/workflows';
import type { Figure, Target } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import { ALL_PLACED } from '../placement/order-pool';
import type { SagaRound } from '../sagas';
import { inWords } from '../sagas';
import { inTestbed } from '../testbed';
import { receiveCarrierNotifications } from './carrier-notifications';
import { roundOf } from './round';
import { openBenchShop, SHOP_PROCESSES, SOON } from './shop';
import type { Way } from './ways';
import { ourWay, sampleWay } from './ways';

type Name = Way['name'];
type Round = Readonly<Record<Name, SagaRound>>;

/** The pool `orders` has the placed steps as well; which of them an order uses is fixed when it begins. */
const PROCESSES = SHOP_PROCESSES.map((each) => (each === 'worker:orders' ? 'bench:placed-orders' : each));

/** Repeats, orders, open ones and warm-ups. */
const ON_DEVELOPMENT = [5, 100, 30, 1] as const;
/** An order costs the production server and its PostgreSQL twice as much. */
const ON_PRODUCTION = [4, 20, 20, 1] as const;

/**
 * W6: our order compared with the same steps in the style of Temporal's sample, on the same pools; and our order with all
 * its capabilities placed with the pool of its workflow.
 */
export const saga: Part = {
  name: 'saga',
  about: "the order as we write it, and placed, against Temporal's sample style, on the same pools",
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed({ temporal, processes: [...PROCESSES, 'bench:sample'], settings: SOON }, async (testbed) => {
      const usual = temporal ? ON_PRODUCTION : ON_DEVELOPMENT;
      const [repeats, orders, open, warmUps] = quick ? [3, 20, 20, 1] : usual;
      say(`${repeats} rounds of ${orders} orders for each side, ${open} of them open at once`);
      const shop = await openBenchShop(testbed);
      const placement = placementOf([{ ...orderProcess, places: ALL_PLACED }]);
      const ways = [ourWay(shop.client), sampleWay(shop.client), ourWay(shop.client, placement, 'placed')];
      const wayOf = ({ key }: DomainEvent) => ways.find(({ name }) => key.startsWith(`${name}_`));
      const stopNotifications = await receiveCarrierNotifications(
        testbed.config.GATEWAY_PORT,
        async (event) => wayOf(event)?.tell(event),
      );
      const one = async (way: Way, round: string) => {
        const measured = await roundOf(testbed, shop, way, { run: `${way.name}_${round}`, orders, open });
        say(`  ${round}, ${way.name}: ${inWords(measured)}`);
        return [way.name, measured] as const;
      };
      try {
        const rounds: Round[] = [];
        for (let n = 1 - warmUps; n <= repeats; n++) {
          const measured: (readonly [Name, SagaRound])[] = [];
          // The sides take turns in going first: the servers get slower as they fill.
          for (const way of n % 2 === 1 ? ways : [...ways].reverse())
            measured.push(await one(way, n < 1 ? `warm-up${1 - n}` : `round${n}`));
          if (n >= 1) rounds.push(Object.fromEntries(measured) as Round);
        }
        return figuresOf(rounds);
      } finally {
        stopNotifications();
        await shop.close();
      }
    }),
};

const SIDES: Readonly<Record<Name, string>> = {
  ours: 'ours',
  placed: 'ours, placed',
  sample: 'sample style',
};

function figuresOf(rounds: readonly Round[]): Figure[] {
  const of = (name: string, unit: string, read: (round: Round) => number, target?: Target) =>
    figure(`order saga: ${name}`, unit, rounds.map(read), target);
  const each = (name: string, unit: string, read: (round: SagaRound) => number) =>
    (['ours', 'placed', 'sample'] as const).map((side) =>
      of(`${name}, ${SIDES[side]}`, unit, (round) => read(round[side])),
    );
  const ratio = (side: Name, name: string, read: (round: SagaRound) => number, target: Target) =>
    of(
      `${name}, ${SIDES[side]} ÷ sample style`,
      '',
      (round) => read(round[side]) / read(round.sample),
      target,
    );
  const perSecond = (round: SagaRound) => round.perSecond;
  const cpu = (round: SagaRound) => round.cpuMs;
  return [
    ...each('sagas per second', '1/s', perSecond),
    ratio('ours', 'sagas per second', perSecond, { atLeast: 1.3 }),
    ratio('placed', 'sagas per second', perSecond, { atLeast: 1.8 }),
    ...each('processor time per saga, server and workers', 'ms', cpu),
    ratio('ours', 'processor time per saga', cpu, { atMost: 0.75 }),
    ratio('placed', 'processor time per saga', cpu, { atMost: 0.5 }),
    ...each('processor time per saga, PostgreSQL and providers', 'ms', ({ aroundMs }) => aroundMs),
    ...each('calls to Temporal per saga', '', ({ rpcs }) => rpcs),
    ...each('workflow tasks per saga', '', ({ workflowTasks }) => workflowTasks),
    ...each('history events per saga', '', ({ historyEvents }) => historyEvents),
  ];
}
