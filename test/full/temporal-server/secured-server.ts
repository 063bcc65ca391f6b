// One real server in one process, on SQLite in memory, with the settings that `sagaline keys init --temporal` has written.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { freePorts } from '../../../src/dev/stack';
import { startServer } from '../../../src/dev/stack/child';
import { isListening, LOOPBACK } from '../../../src/dev/stack/ports';
import { startWatchdog } from '../../../src/dev/stack/watchdog';
import { noRecord } from '../../support/no-record';
import type { TemporalKeys } from '../../support/secured-temporal';

export interface SecuredServer {
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  stop(): Promise<void>;
}

/** The names of the ports in the server's built-in configuration. The frontend's is chosen before the keys are made. */
const PORTS = [
  ...(['FRONTEND_HTTP_PORT', 'FRONTEND_MEMBERSHIP_PORT'] as const),
  ...(['INTERNAL_FRONTEND_GRPC_PORT', 'INTERNAL_FRONTEND_MEMBERSHIP_PORT'] as const),
  ...(['MATCHING_GRPC_PORT', 'MATCHING_MEMBERSHIP_PORT'] as const),
  ...(['HISTORY_GRPC_PORT', 'HISTORY_MEMBERSHIP_PORT'] as const),
  ...(['WORKER_GRPC_PORT', 'WORKER_MEMBERSHIP_PORT'] as const),
] as const;

const SQLITE = {
  DB: 'sqlite',
  SQLITE_MODE: 'memory',
  DBNAME: 'temporal',
  VISIBILITY_DBNAME: 'temporal_visibility',
};
const DYNAMIC_CONFIG = path.resolve(__dirname, '../../../deploy/temporal-dynamic-config.yaml');

/** @param options.settings laid over those of the keys */
export async function startSecuredServer(options: {
  readonly keys: TemporalKeys;
  readonly binary: string;
  readonly port: number;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<SecuredServer> {
  const { keys, binary, port, settings = {} } = options;
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(
    PORTS.map((name, index) => [name, free[index] ?? 0]),
  ) as SecuredServer['ports'];
  const ofKeys = parseEnv(await readFile(keys.at('temporal/server.env'), 'utf8')) as Record<string, string>;
  const watchdog = startWatchdog(noRecord);
  const server = await startServer(
    {
      name: 'Temporal',
      command: binary,
      args: ['start'],
      env: {
        HOME: keys.folder,
        ...SQLITE,
        BIND_ON_IP: LOOPBACK,
        DYNAMIC_CONFIG_FILE_PATH: DYNAMIC_CONFIG,
        FRONTEND_GRPC_PORT: String(port),
        ...Object.fromEntries(Object.entries(ports).map(([name, value]) => [name, String(value)])),
        ...ofKeys,
        ...settings,
      },
      cwd: keys.folder,
      logFile: keys.at('server.log'),
      stopSignal: 'SIGTERM',
      ready: async () => {
        if (!(await isListening(port))) throw new Error('not ready yet');
      },
    },
    {
      log: () => undefined,
      turn: 0,
      record: noRecord,
      watchdog,
      onUnexpectedExit: (name, detail) => {
        throw new Error(`${name} has ended by itself: ${detail}`);
      },
    },
  );
  return {
    ports,
    stop: async () => {
      await server.stop();
      await watchdog.close();
    },
  };
}
