import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Part, PartOptions } from '../part';
import type { SagaRound } from '../sagas';
import { inWords } from '../sagas';
import { inTestbed } from '../testbed';
import { ledgerSubject } from './ledger';
import { orderSubjects } from './order';
import type { Subject } from './subject';

/** To measure another saga, add it here. */
const SUBJECTS: readonly Subject[] = [ledgerSubject, ...orderSubjects];

const NOWHERE = {};

interface Pair {
  readonly placed: SagaRound;
  readonly onQueues: SagaRound;
}

/** The effect of placing the capabilities of a saga: the same sagas, placed and on queues in turn, on the same workers. */
export const placement: Part = {
  name: 'placement',
  about: "sagas with their capabilities placed with the workflow's pool, against the same on task queues",
  onProduction: true,
  run: async (options) => {
    const figures: Figure[] = [];
    for (const subject of SUBJECTS) figures.push(...(await compare(subject, options)));
    return figures;
  },
};

function compare(subject: Subject, { quick, say, temporal }: PartOptions): Promise<Figure[]> {
  const { processes, settings = {}, name } = subject;
  return inTestbed({ temporal, processes, settings }, async (testbed) => {
    const [repeats, count, atOnce] = quick ? [2, 25, 20] : [7, 100, 25];
    say(`${name}: ${repeats} rounds of ${count} sagas for each placement, ${atOnce} of them open at once`);
    const { round, close } = await subject.open(testbed);
    const one = async (side: keyof Pair, run: string) => {
      const options = { placement: side === 'placed' ? subject.placement : NOWHERE, count, atOnce };
      const measured = await round({ ...options, run: `${side}-${run}` });
      say(`  ${run}, ${side}: ${inWords(measured)}`);
      return measured;
    };
    try {
      for (const side of ['placed', 'onQueues'] as const) await one(side, 'warm-up');
      const pairs: Pair[] = [];
      for (let n = 1; n <= repeats; n++) {
        // The sides take turns in going first: the servers get slower as they fill.
        const first = n % 2 === 1 ? await one('placed', `round${n}`) : undefined;
        const onQueues = await one('onQueues', `round${n}`);
        pairs.push({ placed: first ?? (await one('placed', `round${n}`)), onQueues });
      }
      return figuresOf(name, pairs);
    } finally {
      await close();
    }
  });
}

function figuresOf(subject: string, pairs: readonly Pair[]): Figure[] {
  const each = (what: string, unit: string, read: (round: SagaRound) => number): Figure[] => {
    const of = (side: string, in_: string, values: readonly number[]) =>
      figure(`placement: ${subject}, ${what}, ${side}`, in_, values);
    return [
      of(
        'placed',
        unit,
        pairs.map(({ placed }) => read(placed)),
      ),
      of(
        'on queues',
        unit,
        pairs.map(({ onQueues }) => read(onQueues)),
      ),
      of(
        'placed ÷ on queues',
        '',
        pairs.map(({ placed, onQueues }) => read(placed) / read(onQueues)),
      ),
    ];
  };
  return [
    ...each('workflow tasks', '', ({ workflowTasks }) => workflowTasks),
    ...each('history events', '', ({ historyEvents }) => historyEvents),
    ...each('calls to Temporal', '', ({ rpcs }) => rpcs),
    ...each('processor time, server and workers', 'ms', ({ cpuMs }) => cpuMs),
    ...each('processor time, PostgreSQL', 'ms', ({ aroundMs }) => aroundMs),
    ...each('sagas per second', '1/s', ({ perSecond }) => perSecond),
  ];
}
