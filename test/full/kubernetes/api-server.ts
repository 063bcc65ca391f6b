// A Kubernetes API server with its store, on loopback: it checks objects as a cluster's does. Nothing runs the pods.
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../../../src/dev/stack';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import { until } from '../../support/until';
import type { KubernetesPrograms } from './programs';

const READY_WITHIN_MS = 60_000;
const TOKEN = 'of-a-test';
/** The schemas of `v1` are more than a MiB, Node's default. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface ApiServer {
  /** A file that leads other clients to it. */
  readonly kubeconfig: string;
  /** Runs kubectl, with text on its standard input. */
  readonly kubectl: (
    args: readonly string[],
    input?: string,
  ) => Promise<{ readonly ok: boolean; readonly said: string }>;
  stop(): Promise<void>;
}

/** @param etcd the program */
export async function startApiServer(programs: KubernetesPrograms, etcd: string): Promise<ApiServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-kubernetes-'));
  const [client = 0, peer = 0, port = 0] = await freePorts(3);
  const watchdog = startWatchdog(noRecord);
  const ended: Promise<unknown>[] = [];
  const children: ReturnType<typeof spawn>[] = [];
  const run = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { cwd: folder, stdio: 'ignore' });
    watchdog.guard(child.pid ?? 0, 'SIGTERM');
    ended.push(once(child, 'exit'));
    children.push(child);
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(path.join(folder, 'accounts.key'), privateKey);
  await writeFile(path.join(folder, 'accounts.pub'), publicKey);
  await writeFile(path.join(folder, 'tokens.csv'), `${TOKEN},admin,1,system:masters\n`);

  run(etcd, [
    ...['--data-dir', path.join(folder, 'etcd'), '--listen-peer-urls', `http://127.0.0.1:${peer}`],
    ...['--listen-client-urls', `http://127.0.0.1:${client}`],
    ...['--advertise-client-urls', `http://127.0.0.1:${client}`],
  ]);
  run(programs.apiServer, [
    `--etcd-servers=http://127.0.0.1:${client}`,
    ...['--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${folder}`],
    ...[`--token-auth-file=${folder}/tokens.csv`, '--authorization-mode=RBAC'],
    ...['--endpoint-reconciler-type=none', '--disable-admission-plugins=ServiceAccount'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=10.96.0.0/16'],
    `--service-account-key-file=${folder}/accounts.pub`,
    `--service-account-signing-key-file=${folder}/accounts.key`,
  ]);

  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, configFor(`https://127.0.0.1:${port}`));
  const kubectl: ApiServer['kubectl'] = (args, input = '') =>
    new Promise((resolve) => {
      const child = execFile(
        programs.kubectl,
        [...args],
        // Neither a configuration nor a cache of the user's.
        { env: { HOME: folder, KUBECONFIG: kubeconfig }, maxBuffer: LARGEST_ANSWER },
        (error, out, problems) => resolve({ ok: error === null, said: `${out}${problems}`.trim() }),
      );
      child.stdin?.on('error', () => undefined).end(input);
    });
  const stop = async () => {
    for (const child of [...children].reverse()) child.kill('SIGTERM');
    await Promise.all(ended);
    await watchdog.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(
      'the API server is ready',
      async () => (await kubectl(['get', '--raw', '/readyz'])).ok,
      READY_WITHIN_MS,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig, kubectl, stop };
}

/** The server's certificate is its own. */
function configFor(server: string): string {
  const name = 'of-a-test';
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token: TOKEN } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
