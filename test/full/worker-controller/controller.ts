// Temporal's worker controller, built from a checkout and run beside an API server, not in it.
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { go } from '../../../scripts/go';
import { freePorts } from '../../../src/dev/stack';
import { startServer } from '../../../src/dev/stack/child';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { newAuthority, serverCertificate } from '../../../src/keys';
import { noRecord } from '../../support/no-record';
import type { ApiServer } from '../kubernetes/api-server';

/** The folders and files that the controller is built of. */
const SOURCES = ['api', 'internal', 'go.mod', 'go.sum'];
const VALUES = path.resolve(__dirname, '../../../deploy/kubernetes/values/worker-controller.yaml');
const DAYS = 1;

/** As its chart makes it of the release and its namespace, and of the identity of that namespace. */
export const IDENTITY = 'worker-controller/temporal/of-a-test';

export interface Controller {
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Builds the controller: some two minutes the first time. Nothing is written to the checkout. */
export async function buildController(
  checkout: string,
  log: (line: string) => void,
): Promise<{ readonly program: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-worker-controller-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const since = Date.now();
  try {
    for (const name of SOURCES)
      await cp(path.join(checkout, name), path.join(folder, name), { recursive: true });
    await mkdir(path.join(folder, 'run'));
    await cp(path.join(__dirname, 'run-controller.go'), path.join(folder, 'run', 'main.go'));
    const program = path.join(folder, 'worker-controller');
    await go(['build', '-p', '1', '-trimpath', '-o', program, './run'], {
      cwd: folder,
      env: { CGO_ENABLED: '0' },
    });
    log(`the controller was built in ${Math.round((Date.now() - since) / 1_000)} s`);
    return { program, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Starts it for an API server, which then asks its webhooks about each object of its kinds.
 *
 * @param options.authorities a file with the authorities that it trusts
 */
export async function startController(
  program: string,
  server: ApiServer,
  { authorities }: { readonly authorities: string },
): Promise<Controller> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-worker-controller-run-'));
  const [webhooks = 0, health = 0] = await freePorts(2);
  const now = new Date();
  const authority = await newAuthority({ days: DAYS, now });
  const { certificate, key } = await serverCertificate(authority, { hosts: ['127.0.0.1'], days: DAYS, now });
  await writeFile(path.join(folder, 'tls.crt'), certificate);
  await writeFile(path.join(folder, 'tls.key'), key);
  const logFile = path.join(folder, 'controller.log');
  const watchdog = startWatchdog(noRecord);
  const child = await startServer(
    {
      name: 'worker-controller',
      command: program,
      args: [
        `--kubeconfig=${server.kubeconfig}`,
        `--health=127.0.0.1:${health}`,
        ...[`--webhooks=${webhooks}`, `--certificates=${folder}`],
      ],
      env: {
        HOME: folder,
        SSL_CERT_FILE: authorities,
        ALLOWED_KINDS: (await allowedKinds()).join(','),
        CONTROLLER_IDENTITY: path.posix.dirname(IDENTITY),
        CONTROLLER_IDENTITY_SUFFIX: path.posix.basename(IDENTITY),
      },
      cwd: folder,
      logFile,
      stopSignal: 'SIGTERM',
      ready: async () => {
        const { ok, status } = await fetch(`http://127.0.0.1:${health}/readyz`);
        if (!ok) throw new Error(`not ready yet: ${status}`);
      },
    },
    { log: () => undefined, turn: 0, record: noRecord, watchdog, onUnexpectedExit: () => undefined },
  );
  const stop = async () => {
    await child.stop();
    await watchdog.close();
    await rm(folder, { recursive: true, force: true });
  };
  const hook = webhookOf(`https://127.0.0.1:${webhooks}`, authority.certificate);
  const { ok, said } = await server.kubectl(['apply', '-f', '-'], JSON.stringify(hook));
  if (!ok) {
    await stop();
    throw new Error(said);
  }
  return { log: () => readFile(logFile, 'utf8'), stop };
}

/** What our values allow it to make of templates. */
async function allowedKinds(): Promise<string[]> {
  const { workerResourceTemplate } = parse(await readFile(VALUES, 'utf8')) as {
    workerResourceTemplate: { allowedResources: readonly { kinds: readonly string[] }[] };
  };
  return workerResourceTemplate.allowedResources.flatMap(({ kinds }) => kinds);
}

/** The controller's two validating webhooks, as its chart registers them. */
function webhookOf(url: string, caBundle: string): object {
  const of = (kind: string) => ({
    name: `${kind}.temporal.io`,
    clientConfig: {
      url: `${url}/validate-temporal-io-v1alpha1-${kind}`,
      caBundle: Buffer.from(caBundle).toString('base64'),
    },
    rules: [
      {
        apiGroups: ['temporal.io'],
        apiVersions: ['v1alpha1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [`${kind}s`],
      },
    ],
    ...{ sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail' },
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'worker-controller' },
    webhooks: ['workerresourcetemplate', 'workerdeployment'].map(of),
  };
}
