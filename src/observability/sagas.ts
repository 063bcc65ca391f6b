import type { Client } from '@temporalio/client';
import type { Saga } from '../adapters/temporal';
import { createOpenCounts, cutShortSince, oldestOf, openIn } from '../adapters/temporal';
import type { Route, WorkflowDefinition } from '../contracts';
import { waitsForPerson } from '../contracts';
import { ageSeconds } from './age';
import { createFlowCheck } from './flow';
import type { FirstStored } from './flow';
import type { CutShort, SagasState, SagaStateCount } from './snapshot';

/** Searches for the oldest workflow at once: each takes a few queries. */
const AT_ONCE = 4;
/** Later than this, reconciliation has told of it: its schedule is shorter. */
const CUT_SHORT_WITHIN_MS = 60 * 60_000;

/** Counts the open workflows by type and state, finds the oldest of each, and what was cut short. */
export function createSagasCheck(parts: {
  readonly temporal: Client;
  readonly processes: readonly WorkflowDefinition[];
  readonly routes: readonly Route[];
  readonly firstStored: FirstStored;
  readonly clock: () => Date;
}): () => Promise<SagasState> {
  const { temporal, processes, clock } = parts;
  const count = createOpenCounts(temporal);
  const flowLately = createFlowCheck(parts);
  const oldest = new Map<string, Saga>();

  return async () => {
    const [{ open, counts, more }, cutShort, flow] = await Promise.all([
      count(),
      cutShortLately(),
      // As with the oldest: the counts are worth showing without it.
      flowLately().catch(() => undefined),
    ]);
    const states: SagaStateCount[] = [];
    for (let from = 0; from < counts.length; from += AT_ONCE) {
      const some = counts.slice(from, from + AT_ONCE);
      states.push(
        ...(await Promise.all(
          some.map(async (each) => ({
            ...each,
            waitsForPerson: waitsForPerson(processes, each),
            ...(await oldestIn(each)),
          })),
        )),
      );
    }
    return {
      open,
      states: states.sort((one, other) => other.count - one.count),
      more,
      ...cutShort,
      ...(flow && { flow }),
    };
  };

  async function cutShortLately(): Promise<Pick<SagasState, 'cutShort'>> {
    const since = new Date(clock().getTime() - CUT_SHORT_WITHIN_MS);
    // As with the oldest: the counts are worth showing without it.
    const found = await cutShortSince(temporal, { types: processes.map(({ name }) => name), since }).catch(
      () => undefined,
    );
    return found ? { cutShort: found.map(cutShortOf) } : {};
  }

  async function oldestIn({
    workflow,
    state,
  }: Pick<SagaStateCount, 'workflow' | 'state'>): Promise<Pick<SagaStateCount, 'oldest'>> {
    const name = `${workflow}\n${state}`;
    // The count is worth showing without it.
    const found = await oldestOf(temporal, openIn({ workflow, state }), oldest.get(name)).catch(
      () => undefined,
    );
    if (found === undefined) {
      oldest.delete(name);
      return {};
    }
    oldest.set(name, found);
    const { workflowId, startedAt } = found;
    return {
      oldest: { workflowId, startedAt: startedAt.toISOString(), ageSeconds: ageSeconds(startedAt, clock()) },
    };
  }
}

function cutShortOf({ workflow, workflowId, key, status, closedAt, startedAt }: Saga): CutShort {
  return { workflow, workflowId, key, status, closedAt: (closedAt ?? startedAt).toISOString() };
}
