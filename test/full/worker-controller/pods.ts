// What a kubelet and the controllers of a cluster would do with the Deployments of a pool: nothing here runs pods.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../kubernetes/api-server';
import { until } from '../../support/until';

const NAMESPACE = 'sagaline';
/** The controller looks at each WorkerDeployment every ten seconds. */
export const RECONCILED_WITHIN_MS = 60_000;
/** Where the files of Secrets are in a pod. */
const MOUNTED = '/run/sagaline';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** A Deployment that the controller has made for a version. */
export interface VersionDeployment {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly env: Variable[] }] } };
  };
}

export interface Pods {
  apply(object: object): Promise<void>;
  get<Kind>(kind: string): Promise<readonly Kind[]>;
  /** The Deployments that the controller has made for a pool. */
  versions(pool: string): Promise<readonly VersionDeployment[]>;
  /** The Deployment that the controller makes for a version that is not among these. */
  newVersion(pool: string, known: readonly VersionDeployment[]): Promise<VersionDeployment>;
  /** Says that a pod of it is ready: a cluster's own controllers would, after its readiness probe. */
  markAvailable(deployment: VersionDeployment): Promise<void>;
}

export function podsOf({ kubectl }: ApiServer): Pods {
  const said = async (args: readonly string[], input?: string) => {
    const answer = await kubectl(['-n', NAMESPACE, ...args], input);
    if (!answer.ok) throw new Error(`kubectl ${args.join(' ')}: ${answer.said}`);
    return answer.said;
  };
  const get = async <Kind>(kind: string) => {
    const { items } = JSON.parse(await said(['get', kind, '-o', 'json'])) as { items: readonly Kind[] };
    return items;
  };
  const versions = async (pool: string) =>
    (await get<VersionDeployment>('deployments')).filter(
      ({ metadata: { labels } }) => labels['temporal.io/deployment-name'] === pool,
    );
  return {
    get,
    apply: async (object) => {
      await said(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(object));
    },
    versions,
    newVersion: (pool, known) =>
      until(
        `the controller makes a Deployment of ${pool}`,
        async () => {
          const names = known.map(({ metadata }) => metadata.name);
          return (await versions(pool)).find(({ metadata }) => !names.includes(metadata.name));
        },
        RECONCILED_WITHIN_MS,
      ),
    markAvailable: async ({ metadata: { name } }) => {
      const at = new Date().toISOString();
      const condition = {
        ...{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'by the suite' },
        ...{ lastTransitionTime: at, lastUpdateTime: at },
      };
      const patch = JSON.stringify({ status: { conditions: [condition] } });
      await said(['patch', 'deployment', name, '--subresource=status', '--type=merge', '--patch', patch]);
    },
  };
}

/**
 * The environment of its container as it stands there, without the settings that name files of Secrets: the development servers of
 * the suite have no credentials.
 */
export function environmentOf({ spec }: VersionDeployment): Readonly<Record<string, string>> {
  const [{ env }] = spec.template.spec.containers;
  return Object.fromEntries(
    env.flatMap(({ name, value }) =>
      value === undefined || value.startsWith(MOUNTED) ? [] : [[name, value] as const],
    ),
  );
}

export function buildIdOf({ metadata: { labels } }: VersionDeployment): string {
  return labels['temporal.io/build-id'] ?? '';
}

/** Waits for two looks of the controller, so that it could have done what it must not do. */
export async function twoLooks(): Promise<void> {
  await sleep(25_000);
}
