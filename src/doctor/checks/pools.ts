import type { PoolState } from '../../adapters/temporal';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const pools = findingsOf('pools');
const versions = findingsOf('versions');

/** New work that no worker gets, and open workflows that no worker continues. */
export function checkPools(states: readonly PoolState[]): Finding[] {
  const idle = states.filter(({ served }) => !served).map(idlePool);
  const abandoned = states.flatMap(abandonedVersions);
  return [
    ...(idle.length > 0 ? idle : [pools.ok('task queues', 'workers poll for the new work of every pool')]),
    ...(abandoned.length > 0
      ? abandoned
      : [versions.ok('deployments', 'every open workflow has workers of its version')]),
  ];
}

function idlePool({ pool, current, own, manager, versions: known }: PoolState): Finding {
  const polling = known.filter(({ polled }) => polled).map(({ buildId }) => buildId);
  const where = `pool ${pool}`;
  const setCurrent = (version: string) =>
    manager === undefined
      ? `"npx sagaline deploy set-current ${pool}"${version}`
      : `let ${manager} make another version current`;
  if (current !== undefined && polling.length > 0)
    return pools.problem({
      ...{ code: 'wrong-version-polls', where },
      what: `new work goes to version ${current}, and only ${polling.join(', ')} has workers`,
      remedy: `start workers of ${current}, or ${setCurrent('')}`,
    });
  const version = current === undefined ? '' : ` of its current version ${current}`;
  const isOurs = manager === undefined && (current === own || current === undefined);
  return pools.problem({
    ...{ code: 'pool-not-polled', where },
    what: `no worker${version} polls: its steps wait for ever`,
    remedy: isOurs
      ? `"npx sagaline run worker:${pool}" ("npx sagaline start" on this machine)`
      : `start workers of ${current ?? 'a version'}, or ${setCurrent(` for ${own ?? 'this one'}`)}`,
  });
}

function abandonedVersions({ pool, versions: known }: PoolState): Finding[] {
  return known
    .filter(({ pinned, polled }) => pinned > 0 && !polled)
    .map(({ buildId, pinned }) =>
      versions.problem({
        ...{ code: 'version-not-polled', where: `pool ${pool}, version ${buildId}` },
        what: `${pinned} open workflows are pinned to it, and no worker of it polls`,
        remedy: `start one, or "npx sagaline deploy move ${pool} --from ${buildId}"`,
      }),
    );
}
