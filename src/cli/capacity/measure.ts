import { arrivalRates } from '../../adapters/nats';
import { measureRuns, pollersOf } from '../../adapters/temporal';
import type { Measured } from '../../capacity';
import { beginnings, kindsOf, measuredWait } from '../../capacity';
import { subjectSpaceOf } from '../../contracts';
import { CONCURRENT_ACTIVITIES } from '../../runtime/concurrency';
import type { CliContext } from '../context';
import { activityLimits } from './limits';

/** A poll lasts a minute at most; a worker without one for longer than this has gone. */
const POLLS_WITHIN_MS = 75_000;

/** What was measured, with what it is based on. */
export interface Measurement extends Measured {
  readonly basis: {
    /** Closed processes, by workflow. */
    readonly runs: Readonly<Record<string, number>>;
    readonly events: number;
    /** Seconds that the events cover. */
    readonly seconds: number;
    /** Mean seconds that steps have waited for a worker, by pool. */
    readonly waits: Readonly<Record<string, number | undefined>>;
  };
}

/** Measures arrivals in the stream, and times in the latest histories. Changes nothing. */
export async function measure(
  cliContext: CliContext,
  { runs: most, bus }: { readonly runs: number; readonly bus: number | undefined },
): Promise<Measurement> {
  const pools = cliContext.pools();
  const opening = cliContext.catalogue.routes.filter((route) => route.batch === undefined && route.opens);
  const workflows = [...new Set(opening.map(({ workflow }) => workflow.name))];
  const temporal = await cliContext.temporal();
  const [rates, runs, workers] = await Promise.all([
    cliContext.events().then((events) => arrivalRates(events)),
    measureRuns(temporal, { workflows, most }),
    Promise.all(
      pools.map(async ({ taskQueue }) => {
        const pollers = await pollersOf(temporal, { taskQueue, type: 'activity' });
        const recent = pollers.filter(({ polledAt }) => polledAt.getTime() > Date.now() - POLLS_WITHIN_MS);
        return new Set(recent.map(({ identity }) => identity)).size;
      }),
    ),
  ]);
  const opened = opening.map(({ event, workflow }) => ({
    ...{
      event: event.type,
      workflow: workflow.name,
      perSecond: rates.perSecond[subjectSpaceOf(event.type)] ?? 0,
    },
  }));
  const arrivals = beginnings(opened);
  const all = Object.values(rates.perSecond).reduce((sum, perSecond) => sum + perSecond, 0);
  const begins = arrivals.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const limits = activityLimits(cliContext);
  return {
    kinds: kindsOf(arrivals, runs, (taskQueue) => pools.find((pool) => pool.taskQueue === taskQueue)?.pool),
    pools: pools.map(({ pool, hasWorkflows }, index) => ({
      ...{ pool, hasWorkflows, workers: workers[index] ?? 0, slotsOfWorker: CONCURRENT_ACTIVITIES },
      stepsPerSecond: limits[pool],
    })),
    bus,
    eventsForEach: begins > 0 ? all / begins : 1,
    basis: {
      runs: Object.fromEntries(
        workflows.map((name) => [name, runs.filter(({ workflow }) => workflow === name).length]),
      ),
      events: rates.events,
      seconds: rates.seconds,
      waits: Object.fromEntries(pools.map(({ pool, taskQueue }) => [pool, measuredWait(runs, taskQueue)])),
    },
  };
}
