import type { Client } from '@temporalio/client';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import { temporalSettings } from '../../src/runtime/settings';
import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import type { SagaRound } from '../sagas';
import { inWords } from '../sagas';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';
import type { Workload } from './round';
import { roundOf, WORKLOADS } from './round';

const PROCESSES = ['bench:workloads'];

interface Sizes {
  readonly repeats: number;
  readonly count: number;
  readonly atOnce: number;
}

const sizesFor = (quick: boolean): Sizes =>
  quick ? { repeats: 1, count: 25, atOnce: 25 } : { repeats: 5, count: 100, atOnce: 25 };

/** The costs of each workload on our local stack. */
export const workloads: Part = {
  name: 'workloads',
  about: 'W0 to W4 on our local stack: sagas a second, and what each costs',
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed({ temporal, processes: PROCESSES }, async (testbed) => {
      const sizes = sizesFor(quick);
      const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
      const on = [{ name: '', testbed, client }];
      const rounds = await roundsOf(['W0', 'W1', 'W2', 'W3', 'W4'], on, sizes, say);
      await client.connection.close();
      return [...rounds].flatMap(([{ workload }, measured]) => figuresOf(WORKLOADS[workload].what, measured));
    }),
};

/** The development server with its defaults compared with our local stack's: both are up, and run in turn. */
export const stock: Part = {
  name: 'stock',
  about: "the stock development server, on a file, against our local stack's settings: W1 and W2",
  run: ({ quick, say }) =>
    inTestbed({ processes: PROCESSES }, (ours) =>
      inTestbed({ processes: PROCESSES, temporal: 'stock' }, async (theirs) => {
        const on = [
          {
            name: 'our stack',
            testbed: ours,
            client: createSingleAttemptClient(temporalSettings(ours.config, {})),
          },
          {
            name: 'stock',
            testbed: theirs,
            client: createSingleAttemptClient(temporalSettings(theirs.config, {})),
          },
        ];
        const rounds = await roundsOf(['W1', 'W2'], on, sizesFor(quick), say);
        for (const { client } of on) await client.connection.close();
        return [...rounds].flatMap(([{ workload, name }, measured]) =>
          figuresOf(`${workload} on ${name === 'stock' ? 'the stock development server' : name}`, measured),
        );
      }),
    ),
};

interface Place {
  readonly name: string;
  readonly testbed: Testbed;
  readonly client: Client;
}

interface Case {
  readonly workload: Workload;
  readonly name: string;
}

/** Runs every workload on every server in turn, `repeats` times; a first turn warms up. */
async function roundsOf(
  wanted: readonly Workload[],
  places: readonly Place[],
  { repeats, count, atOnce }: Sizes,
  say: (line: string) => void,
): Promise<Map<Case, SagaRound[]>> {
  say(`${repeats} rounds of ${count} workflows of each, ${atOnce} at once`);
  const cases = wanted.flatMap((workload) =>
    places.map((place) => [{ workload, name: place.name }, place] as const),
  );
  const rounds = new Map<Case, SagaRound[]>(cases.map(([each]) => [each, []]));
  for (let n = 0; n <= repeats; n++) {
    for (const [each, { testbed, client }] of cases) {
      const measured = await roundOf(testbed, client, each.workload, { run: `r${n}`, count, atOnce });
      if (n === 0) continue;
      say(`round ${n}, ${each.workload} ${each.name}: ${inWords(measured)}`);
      rounds.get(each)?.push(measured);
    }
  }
  return rounds;
}

function figuresOf(what: string, rounds: readonly SagaRound[]): Figure[] {
  const of = (name: string, unit: string, read: (round: SagaRound) => number) =>
    figure(`workloads: ${name}, ${what}`, unit, rounds.map(read));
  return [
    of('per second', '1/s', ({ perSecond }) => perSecond),
    of('processor time each, server and worker', 'ms', ({ cpuMs }) => cpuMs),
    of('calls to Temporal each', '', ({ rpcs }) => rpcs),
    of('workflow tasks each', '', ({ workflowTasks }) => workflowTasks),
    of('history events each', '', ({ historyEvents }) => historyEvents),
  ];
}
