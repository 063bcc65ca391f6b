import type { DomainEvent } from '../../src/contracts';
import type { Figure, Target } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import type { SagaRound } from '../sagas';
import { inWords } from '../sagas';
import { inTestbed } from '../testbed';
import { receiveCarrierNotifications } from './carrier-notifications';
import { roundOf } from './round';
import { openBenchShop, SHOP_PROCESSES, SOON } from './shop';
import type { Way } from './ways';
import { ourWay, sampleWay } from './ways';

/** Repeats, orders, open ones and warm-ups: an order costs the production server and its PostgreSQL twice as much. */
const ON_PRODUCTION = [4, 20, 20, 1] as const;

/** W6: our order compared with the same steps in the style of Temporal's sample, on the same pools. */
export const saga: Part = {
  name: 'saga',
  about: "the order as we write it against Temporal's sample style, on the same pools",
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed(
      { temporal, processes: [...SHOP_PROCESSES, 'bench:sample'], settings: SOON },
      async (testbed) => {
        const [repeats, orders, open, warmUps] = quick
          ? [2, 20, 20, 1]
          : temporal
            ? ON_PRODUCTION
            : [5, 100, 30, 1];
        say(`${repeats} rounds of ${orders} orders for each side, ${open} of them open at once`);
        const shop = await openBenchShop(testbed);
        const [ours, sample] = [ourWay(shop.client), sampleWay(shop.client)];
        const wayOf = ({ key }: DomainEvent) => (key.startsWith(ours.name) ? ours : sample);
        const stopNotifications = await receiveCarrierNotifications(testbed.config.GATEWAY_PORT, (event) =>
          wayOf(event).tell(event),
        );
        const one = async (way: Way, round: string) => {
          const measured = await roundOf(testbed, shop, way, { run: `${way.name}_${round}`, orders, open });
          say(`  ${round}, ${way.name}: ${inWords(measured)}`);
          return measured;
        };
        try {
          for (let n = 1; n <= warmUps; n++) for (const way of [ours, sample]) await one(way, `warm-up${n}`);
          const rounds: Both[] = [];
          for (let n = 1; n <= repeats; n++) {
            // The sides take turns in going first: the servers get slower as they fill.
            const first = n % 2 === 1 ? await one(ours, `round${n}`) : undefined;
            const theirs = await one(sample, `round${n}`);
            rounds.push({ ours: first ?? (await one(ours, `round${n}`)), sample: theirs });
          }
          return figuresOf(rounds);
        } finally {
          stopNotifications();
          await shop.close();
        }
      },
    ),
};

interface Both {
  readonly ours: SagaRound;
  readonly sample: SagaRound;
}

function figuresOf(rounds: readonly Both[]): Figure[] {
  const of = (name: string, unit: string, read: (round: Both) => number, target?: Target) =>
    figure(`order saga: ${name}`, unit, rounds.map(read), target);
  const both = (name: string, unit: string, read: (round: SagaRound) => number) => [
    of(`${name}, ours`, unit, ({ ours }) => read(ours)),
    of(`${name}, sample style`, unit, ({ sample }) => read(sample)),
  ];
  const ratio = (name: string, read: (round: SagaRound) => number, target?: Target) =>
    of(`${name}, ours ÷ sample style`, '', ({ ours, sample }) => read(ours) / read(sample), target);
  const perSecond = (round: SagaRound) => round.perSecond;
  const cpu = (round: SagaRound) => round.cpuMs;
  return [
    ...both('sagas per second', '1/s', perSecond),
    ratio('sagas per second', perSecond, { atLeast: 1.3 }),
    ...both('processor time per saga, server and workers', 'ms', cpu),
    ratio('processor time per saga', cpu, { atMost: 0.75 }),
    ...both('processor time per saga, PostgreSQL and providers', 'ms', ({ aroundMs }) => aroundMs),
    ...both('calls to Temporal per saga', '', ({ rpcs }) => rpcs),
    ...both('workflow tasks per saga', '', ({ workflowTasks }) => workflowTasks),
    ...both('history events per saga', '', ({ historyEvents }) => historyEvents),
  ];
}
