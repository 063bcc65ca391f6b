import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../../../src/dev/stack';
import { startServer } from '../../../src/dev/stack/child';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import { debianPackage } from '../debian';

export interface Prometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Debian's Prometheus, which scrapes one process each second.
 *
 * @param target host and port of its metrics
 */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const { programs, remove } = await debianPackage('prometheus');
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-prometheus-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const config = path.join(folder, 'prometheus.yml');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'sagaline', static_configs: [{ targets: [target] }] }],
    }),
  );
  const watchdog = startWatchdog(noRecord);
  const server = await startServer(
    {
      name: 'prometheus',
      command: path.join(programs, 'prometheus'),
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${path.join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      env: { HOME: folder },
      cwd: folder,
      logFile: path.join(folder, 'prometheus.log'),
      stopSignal: 'SIGTERM',
      ready: async () => {
        const { ok, status } = await fetch(`${url}/-/ready`);
        if (!ok) throw new Error(`not ready yet: ${status}`);
      },
    },
    { log: () => undefined, turn: 0, record: noRecord, watchdog, onUnexpectedExit: () => undefined },
  );
  return {
    url,
    stop: async () => {
      await server.stop();
      await watchdog.close();
      await rm(folder, { recursive: true, force: true });
      await remove();
    },
  };
}
