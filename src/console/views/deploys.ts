import type { PoolState, PoolVersion, QueueState, SystemSnapshot } from '../../observability';
import { freshly, latestOf } from './freshness';
import type { Html, Part } from './html';
import { html } from './html';
import { note, table, time } from './parts';
import { duration } from './units';

/** The page of one version of a pool. */
export function deploysPath(pool: string, buildId: string): string {
  return `/deploys/${encodeURIComponent(pool)}/${encodeURIComponent(buildId)}`;
}

/** The versions of each pool, with what each has to do. */
export function deploysBody(snapshot: SystemSnapshot): Part {
  return freshly('Pools', snapshot.pools, (pools) =>
    pools.length === 0
      ? note('plain', 'The project has no worker pools.')
      : pools.map((pool) => poolPart(pool, snapshot)),
  );
}

const HEAD = [
  ...['version', 'new work', 'workers', 'open and pinned', 'drained'],
  ...['tasks that wait', 'failing steps', 'first seen'],
];

function poolPart(pool: PoolState, snapshot: SystemSnapshot): Html {
  const { current, served, hasWorkflows, versions, ramping } = pool;
  return html`<section>
    <h2>${pool.pool}</h2>
    ${
      !served &&
      note(
        'bad',
        `New work goes to ${current ?? 'workers without a version'}, and no worker of it polls: start one, or make another version current.`,
      )
    }
    ${versions
      .filter(isAbandoned)
      .map(
        ({ buildId, pinned }) =>
          html`${note(
            'bad',
            `${pinned} open workflows are pinned to ${buildId}, and no worker of it polls: start one, or move them.`,
          )}`,
      )}
    ${
      ramping &&
      note(
        'plain',
        `${ramping.percent} % of new work goes to ${ramping.buildId ?? 'workers without a version'}.`,
      )
    }
    ${
      versions.length === 0
        ? note('plain', 'No worker of this pool has ever polled.')
        : table(
            `Versions of ${pool.pool}`,
            HEAD,
            versions.map((version) => [
              version.buildId === undefined
                ? 'without a version'
                : html`<a href="${deploysPath(pool.pool, version.buildId)}">${version.buildId}</a>`,
              newWork(version, pool),
              version.pollers,
              hasWorkflows ? (version.pinned ?? '') : 'activities only',
              hasWorkflows ? drainForecast(version) : '',
              waiting(pool, version, latestOf(snapshot.queues) ?? []),
              failing(pool, version, snapshot),
              time(version.createdAt),
            ]),
          )
    }
  </section>`;
}

function isAbandoned({ pinned = 0, pollers, buildId }: PoolVersion): boolean {
  return buildId !== undefined && pinned > 0 && pollers === 0;
}

function newWork({ current, status, buildId }: PoolVersion, { ramping }: PoolState): string {
  if (ramping && ramping.buildId === buildId) return `ramping: ${ramping.percent} %`;
  return current ? 'current' : (status ?? '');
}

/**
 * When nothing is open any more that is pinned to a version, if the workflows go on to end at the rate of the last hour. A
 * version that gets new work does not drain.
 */
export function drainForecast({ pinned, pinnedPerSecond: change, current, status }: PoolVersion): string {
  if (current || status === 'ramping' || pinned === undefined) return '';
  if (pinned === 0) return 'yes: its workers may end';
  if (change === undefined) return 'not known yet';
  return change < 0 ? `in about ${duration(pinned / -change)}` : 'none has ended lately';
}

function waiting(pool: PoolState, { buildId }: PoolVersion, queues: readonly QueueState[]): string {
  const own = queues.filter((queue) => queue.pool === pool.pool && queue.buildId === buildId);
  const backlog = own.reduce((sum, queue) => sum + queue.backlog, 0);
  if (backlog === 0) return '';
  return `${backlog}, ${duration(Math.max(...own.map(({ oldestSeconds }) => oldestSeconds)))}`;
}

/** Steps whose last attempt was made by workers of this version. */
function failing({ deployment }: PoolState, { buildId }: PoolVersion, snapshot: SystemSnapshot): Part {
  const groups = latestOf(snapshot.struggles)?.groups ?? [];
  const found = groups.flatMap(({ step, versions }) =>
    versions
      .filter((each) => each.deployment === deployment && each.buildId === buildId)
      .map(({ count }) => `${count} × ${step}`),
  );
  return found.length > 0 && html`<a href="/struggling">${found.join(', ')}</a>`;
}
