import type { Client } from '@temporalio/client';
import type { TemporalSettings, WorkerPool } from '../../adapters/temporal';
import { createTemporalClient, pollersOf, reachTemporal } from '../../adapters/temporal';
import type { ClockState } from '../checks/clock';
import type { ServerState } from '../checks/servers';

/** A client, and whether its namespace answers. */
export async function openTemporal(
  settings: TemporalSettings,
): Promise<{ readonly client: Client; readonly state: ServerState['state'] }> {
  const client = createTemporalClient(settings);
  const reached = await reachTemporal(client, settings);
  switch (reached.kind) {
    case 'up':
      return { client, state: { kind: 'up' } };
    case 'refused':
      if (reached.error.kind === 'no-namespace') {
        const { namespace: name } = settings;
        const about = { what: 'namespace', name, setting: 'TEMPORAL_NAMESPACE' } as const;
        return { client, state: { kind: 'lacks', ...about } };
      }
      return { client, state: { kind: 'refused', why: reached.error.message } };
    case 'away':
      return { client, state: { kind: 'away', why: 'no answer within three seconds' } };
  }
}

/**
 * Temporal tells its time only with the last polls of workers, of which each lasts a minute at most. So a clock that is
 * ahead of this one is found, one that is behind is not.
 */
export async function temporalClock(
  client: Client,
  pools: readonly WorkerPool[],
  now: () => number,
): Promise<ClockState[]> {
  const polls = await Promise.all(
    pools.map(({ taskQueue, hasWorkflows }) =>
      pollersOf(client, { taskQueue, type: hasWorkflows ? 'workflow' : 'activity' }),
    ),
  );
  const latest = Math.max(...polls.flat().map(({ polledAt }) => polledAt.getTime()));
  return Number.isFinite(latest)
    ? [{ server: 'TEMPORAL_ADDRESS', aheadMs: Math.max(0, latest - now()) }]
    : [];
}
