// Restate's server from its npm package, with its own settings, which write each batch of its log through to the disk.
import { createRequire } from 'node:module';
import path from 'node:path';
import { startProcesses } from '../../../src/dev/processes';
import { freePorts } from '../../../src/dev/stack';
import type { Stack } from '../../../src/dev/stack';
import type { Member, Side, startChild } from '../side';

export interface Restate {
  side(postgres: Member): Side;
  stop(): Promise<void>;
}

/** Starts the server, the service and the starter, and registers the service with the server. */
export async function startRestate({
  folder,
  databaseUrl,
  record,
  path: searchPath,
  start,
}: {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly record: Stack['record'];
  readonly path: string;
  readonly start: typeof startChild;
}): Promise<Restate> {
  const [ingress = 0, admin = 0, node = 0, servicePort = 0] = await freePorts(4);
  const address = (port: number) => `127.0.0.1:${port}`;
  const binary = createRequire(__filename).resolve(
    `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
  );
  const processes = await startProcesses({
    groups: [
      [
        {
          name: 'restate',
          command: binary,
          args: ['--no-logo', '--listen-mode', 'tcp', '--node-name', 'bench'],
          env: {
            PATH: searchPath,
            RESTATE_BASE_DIR: path.join(folder, 'restate'),
            RESTATE_BIND_ADDRESS: address(node),
            RESTATE_INGRESS__BIND_ADDRESS: address(ingress),
            RESTATE_ADMIN__BIND_ADDRESS: address(admin),
            RESTATE_LOG_FILTER: 'warn',
            // Otherwise it would send telemetry.
            RESTATE_DISABLE_TELEMETRY: 'true',
            DO_NOT_TRACK: '1',
          },
          readyUrl: `http://${address(admin)}/health`,
        },
      ],
    ],
    folder,
    logFolder: path.join(folder, 'logs'),
    record,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const service = await start({
    file: 'restate/service.mjs',
    args: [String(servicePort), databaseUrl],
    // Otherwise it would write two lines for each saga.
    env: { RESTATE_LOGGING: 'WARN' },
  });
  await register(`http://${address(admin)}`, `http://${address(servicePort)}`);
  const starter = await start({
    file: 'restate/starter.mjs',
    args: [`http://${address(ingress)}`, databaseUrl],
  });
  const members = [
    { name: 'Restate', pid: processes.pids()['restate'] ?? 0 },
    { name: 'service', pid: service.pid },
    { name: 'starter', pid: starter.pid },
  ];
  return {
    side: (postgres) => ({ name: 'Restate', members: [...members, postgres], starter }),
    stop: () => processes.stop(),
  };
}

async function register(admin: string, uri: string): Promise<void> {
  const answer = await fetch(`${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  });
  if (!answer.ok) throw new Error(`Restate refuses the service: ${answer.status} ${await answer.text()}`);
}
