import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, NatsError } from 'nats';
import { environment } from '../../src/config';
import { findServer, freePorts } from '../../src/dev/stack';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { noRecord } from './no-record';
import { until } from './until';
import { removeFolder } from '../../src/files/remove-folder';

/** A NATS server with the test's own configuration: accounts, limits, a domain. */
export interface ConfiguredNats {
  /** The URL with this user, whose password is the same as its name. */
  urlOf(user: string): string;
  stop(): Promise<void>;
}

/** @param configuration gets the folder for JetStream; the address is added */
export async function startConfiguredNats(
  configuration: (storeDir: string) => string,
): Promise<ConfiguredNats> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-nats-'));
  const file = path.join(folder, 'nats.conf');
  await writeFile(file, `listen: "127.0.0.1:${port}"\n${configuration(JSON.stringify(folder))}\n`);
  const watchdog = startWatchdog(noRecord);
  const child = spawn(findServer('nats-server', environment()['PATH']), ['-c', file], { stdio: 'ignore' });
  watchdog.guard(child.pid ?? 0, 'SIGTERM');
  const ended = once(child, 'exit');
  const urlOf = (user: string) => `nats://${user}:${user}@127.0.0.1:${port}`;
  await until('NATS answers', async () => {
    const socket = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 1_000 }).catch(
      // An authentication error shows that the server is up.
      (error: unknown) => error instanceof NatsError && error.isAuthError(),
    );
    if (typeof socket === 'boolean') return socket;
    await socket.close();
    return true;
  });
  return {
    urlOf,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await watchdog.close();
      await removeFolder(folder);
    },
  };
}
