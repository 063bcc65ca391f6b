import type { Client } from '@temporalio/client';
import type { Saga } from '../adapters/temporal';
import { flowSince } from '../adapters/temporal';
import type { Route, WorkflowDefinition } from '../contracts';
import { subjectSpaceOf } from '../contracts';
import { ageSeconds } from './age';
import { percentilesOf } from './percentiles';
import type { SagaFlow } from './snapshot';

/** The time that is counted: a shorter one has too few workflows for a percentile, a longer one hides what is new. */
const WINDOW_MS = 60_000;
/** Events that are looked up in one check, of the workflows that began last. */
const LOOKED_UP = 20;

/**
 * When the first event was stored that has this subject, as it was published: `evt.orders.submitted.v1.order-1`;
 * `undefined` if the stream has none.
 */
export type FirstStored = (subject: string) => Promise<Date | undefined>;

/**
 * What began and ended within the last minute. Batchers do not count: they go on as new runs.
 *
 * @param parts.routes those that open processes say which events begin them
 */
export function createFlowCheck(parts: {
  readonly temporal: Client;
  readonly processes: readonly WorkflowDefinition[];
  readonly routes: readonly Route[];
  readonly firstStored: FirstStored;
  readonly clock: () => Date;
}): () => Promise<SagaFlow> {
  const { temporal, clock, firstStored } = parts;
  const processes = parts.processes.filter(({ batches }) => !batches);
  const types = processes.map(({ name }) => name);
  const openings = openingsOf(parts.routes);

  return async () => {
    const flow = await flowSince(temporal, { types, since: new Date(clock().getTime() - WINDOW_MS) });
    const durations = percentilesOf(
      flow.someEnded.flatMap(({ startedAt, closedAt }) =>
        closedAt ? [ageSeconds(startedAt, closedAt)] : [],
      ),
    );
    const delays = percentilesOf(
      await delaysOf(flow.latestStarted.filter(({ workflow }) => openings.has(workflow)).slice(0, LOOKED_UP)),
    );
    return {
      startedPerSecond: flow.started / (WINDOW_MS / 1_000),
      endedPerSecond: flow.ended / (WINDOW_MS / 1_000),
      ...(durations && { durations }),
      ...(delays && { startDelays: delays }),
    };
  };

  async function delaysOf(started: readonly Saga[]): Promise<number[]> {
    const found = await Promise.all(
      started.map(async ({ workflow, key, startedAt }) => {
        const space = openings.get(workflow);
        const storedAt = space === undefined || key === '' ? undefined : await firstStored(`${space}.${key}`);
        return storedAt && ageSeconds(storedAt, startedAt);
      }),
    );
    return found.filter((seconds) => seconds !== undefined);
  }
}

/**
 * The subject space of the event that begins each process, without processes that several events begin, or that recur: of those
 * nothing says which event has begun a run.
 */
function openingsOf(routes: readonly Route[]): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const route of routes) {
    if (route.batch || !route.opens || route.waitsIn !== undefined || route.workflow.recurs) continue;
    const { name } = route.workflow;
    found.set(name, (found.get(name) ?? new Set()).add(subjectSpaceOf(route.event.type)));
  }
  return new Map(
    [...found].flatMap(([name, spaces]) => (spaces.size === 1 ? [[name, [...spaces][0] ?? '']] : [])),
  );
}
