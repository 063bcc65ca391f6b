// The Connection of the base on a real server with certificates and tokens: refused where both are demanded, and enough where the token is.
import { readFile } from 'node:fs/promises';
import { msToTs } from '@temporalio/common/lib/time';
import {
  createSingleAttemptClient,
  createTemporalClient,
  describeDeployment,
} from '../../../src/adapters/temporal';
import { buildServer } from '../../../scripts/temporal-server/build';
import type { ShopProcesses } from '../../shop/support/shop-processes';
import type { TemporalKeys } from '../../support/secured-temporal';
import { until } from '../../support/until';
import type { Manifest } from '../../../scripts/deployment/manifests/render';
import { startSecuredServer } from '../temporal-server/secured-server';
import { IDENTITY } from './controller';
import type { Pods } from './pods';
import { buildIdOf, environmentOf, RECONCILED_WITHIN_MS } from './pods';

/** Activities only: it needs neither search attributes nor an order. */
const POOL = 'notifications';
const DEPLOYMENT = `sagaline/${POOL}`;
const READY_WITHIN_MS = 60_000;
const SECRET = 'sagaline-keys-operator';

interface Parts {
  readonly shop: ShopProcesses;
  readonly pods: Pods;
  readonly keys: TemporalKeys;
  /** Of the server's frontend, for which the keys were made. */
  readonly port: number;
  readonly connection: Manifest;
  readonly workers: Manifest;
  readonly say: (line: string) => void;
}

interface WorkerDeployment {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly message: string }[] };
}

/** What the server's TLS says. */
const WANTS_CERTIFICATE = /certificate required/;

export async function useCredentials({ shop, pods, keys, port, ...parts }: Parts): Promise<void> {
  const { connection, workers, say } = parts;
  const { server: binary } = await buildServer(say);
  const token = await readFile(keys.at('operator/temporal-token'), 'utf8');
  const hostPort = `127.0.0.1:${port}`;
  await pods.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET },
    stringData: { 'temporal-token': token },
  });
  await pods.apply({ ...connection, spec: { ...(connection['spec'] as object), hostPort } });

  const strict = await startSecuredServer({ keys, binary, port });
  try {
    await pods.apply(workers);
    const refused = async () => {
      const [found] = await pods.get<WorkerDeployment>('workerdeployments');
      const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
      return WANTS_CERTIFICATE.exec(ready?.message ?? '')?.[0];
    };
    const why = await until('a token without a certificate is refused', refused, RECONCILED_WITHIN_MS);
    say(`  a server that demands both: the controller has "${why}" in the condition Ready`);
  } finally {
    await strict.stop();
  }

  const settings = { TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'false' };
  const server = await startSecuredServer({ keys, binary, port, settings });
  const client = createTemporalClient(await keys.temporal('reader'));
  try {
    await createNamespace(keys);
    const deployment = await pods.newVersion(POOL, []);
    const own = await keys.settings('worker');
    // Kubernetes reads the controller's token from the Secret; the worker's own is in its file.
    const environment = { ...own, ...environmentOf(deployment), TEMPORAL_API_KEY: token };
    const worker = await shop.start(`worker:${POOL}`, environment);
    await pods.markAvailable(deployment);
    const buildId = buildIdOf(deployment);
    const found = await until(
      'the version is current',
      async () => {
        const described = await describeDeployment(client, DEPLOYMENT);
        return described?.current === buildId ? described : undefined;
      },
      RECONCILED_WITHIN_MS,
    );
    if (found.manager !== IDENTITY) throw new Error(`the manager is ${found.manager ?? 'nobody'}`);
    say(`  tokens alone: ${buildId} of ${POOL} is current, by the token of the operator`);
    await worker.stop();
  } finally {
    await client.connection.close();
    await server.stop();
  }
}

async function createNamespace(keys: TemporalKeys): Promise<void> {
  const client = createSingleAttemptClient(await keys.temporal('provision'));
  try {
    await until(
      'the namespace',
      async () => {
        await client.workflowService
          .registerNamespace({ namespace: 'default', workflowExecutionRetentionPeriod: msToTs('1 day') })
          .catch(() => undefined);
        return client.workflow.count().then(
          () => true,
          () => undefined,
        );
      },
      READY_WITHIN_MS,
    );
  } finally {
    await client.connection.close();
  }
}
