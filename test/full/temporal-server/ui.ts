// Temporal's web UI, as it runs in production: a program of its own that asks the frontends.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerProcess, Supervision } from '../../../src/dev/stack/child';
import { startServer } from '../../../src/dev/stack/child';
import { LOOPBACK } from '../../../src/dev/stack/ports';

export async function startUi(
  options: {
    readonly folder: string;
    readonly binary: string;
    readonly port: number;
    /** Of the cluster. */
    readonly address: string;
  },
  supervision: Supervision,
): Promise<ServerProcess & { url: string }> {
  const { binary, port, address } = options;
  const home = path.join(options.folder, 'ui');
  const url = `http://${LOOPBACK}:${port}`;
  await mkdir(home, { recursive: true });
  const config = {
    temporalGrpcAddress: address,
    host: LOOPBACK,
    port,
    enableUi: true,
    defaultNamespace: 'default',
    disableNewsFetch: true,
    cors: { cookieInsecure: true, allowOrigins: [url] },
  };
  await writeFile(path.join(home, 'production.yaml'), JSON.stringify(config, null, 2));
  const server = await startServer(
    {
      name: 'Temporal UI',
      command: binary,
      args: ['--root', home, '--config', '.', '--env', 'production', 'start'],
      env: { HOME: home },
      cwd: home,
      logFile: path.join(home, 'ui.log'),
      stopSignal: 'SIGTERM',
      ready: async () => {
        const { ok, status } = await fetch(`${url}/api/v1/namespaces`);
        if (!ok) throw new Error(`not ready yet: ${status}`);
      },
    },
    supervision,
  );
  return { ...server, url };
}
