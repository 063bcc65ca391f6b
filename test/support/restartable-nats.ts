import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../src/config';
import type { Stack } from '../../src/dev/stack';
import { findServer, freePorts, startStack } from '../../src/dev/stack';
import { removeFolder } from '../../src/files/remove-folder';

/** A NATS server that a test can kill and start again, on the same port and folder. */
export interface RestartableNats {
  readonly url: string;
  readonly pid: () => number;
  /** Sends SIGKILL, like a crash. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The port answers, but JetStream is unavailable, as in a cluster that has not elected its leader yet. */
  startWithoutJetStream(): void;
  stop(): Promise<void>;
}

export async function startRestartableNats(): Promise<RestartableNats> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-nats-'));
  const searchPath = environment()['PATH'];
  let stack: Stack | undefined;
  let bare: ChildProcess | undefined;

  const start = async () => {
    stack = await startStack({
      dataDir: folder,
      ports: { nats: port, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres: 0 },
      namespace: 'default',
      searchPath,
      external: { temporalAddress: 'not.started:1', databaseUrl: 'postgresql://not.started' },
      log: () => undefined,
      onUnexpectedExit: () => undefined,
    });
  };
  const pid = () => stack?.pids['nats'] ?? 0;
  const kill = async () => {
    if (bare) {
      bare.kill('SIGKILL');
      await once(bare, 'exit');
      bare = undefined;
    }
    if (!stack) return;
    process.kill(pid(), 'SIGKILL');
    await stack.stop();
    stack = undefined;
  };

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    pid,
    kill,
    start,
    startWithoutJetStream: () => {
      const args = ['--addr', '127.0.0.1', '--port', String(port)];
      bare = spawn(findServer('nats-server', searchPath), args, { stdio: 'ignore' });
    },
    stop: async () => {
      if (bare) await kill();
      await stack?.stop();
      await removeFolder(folder);
    },
  };
}
