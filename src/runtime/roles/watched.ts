import type { Config } from '../../config';
import type { Catalogue } from '../../contracts';
import type { ObservabilityParts } from '../../observability';
import { sharedGroups } from '../../subscriptions';
import type { LoadedApp } from '../app';
import { deploymentOf } from '../version';

/** What of a deployment is watched: its groups of consumers, its processes and its pools. */
export function watchedIn(
  { domains, pools }: Pick<LoadedApp, 'domains' | 'pools'>,
  config: Pick<Config, 'BRIDGE_NAME' | 'WORKER_DEPLOYMENT_PREFIX'>,
  catalogue: Catalogue,
): Pick<ObservabilityParts, 'groups' | 'processes' | 'pools' | 'routes'> {
  return {
    groups: [
      { group: config.BRIDGE_NAME, kind: 'bridge' },
      ...sharedGroups(catalogue).map(({ name, batch }) => ({
        ...{ group: name, kind: 'subscription' as const },
        ...(batch && { batch }),
      })),
    ],
    routes: catalogue.routes,
    processes: domains.flatMap(({ workflows }) => workflows),
    pools: Object.entries(pools).map(([pool, { taskQueue, workflows }]) => ({
      ...{ pool, taskQueue, hasWorkflows: workflows !== undefined, deployment: deploymentOf(pool, config) },
    })),
  };
}
