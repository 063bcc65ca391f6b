import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { environment } from '../src/config';
import { findServer } from '../src/dev/stack';
import type { StackPorts } from '../src/dev/stack';
import type { ServerPrograms } from '../scripts/temporal-server/build';
import { startProductionServer } from './production-server';

/**
 * A replacement of our Temporal: a stub that answers every call after `stubMs` milliseconds, and may count the events that it
 * receives; the development server with its own defaults, on a file, without the settings of our stack; or the production
 * server, of which the programs are given.
 */
export type TemporalInstead = { readonly stubMs: number; readonly count?: true } | 'stock' | ServerPrograms;

/** The counts of a stub. */
const told = z.object({ signals: z.int(), distinct: z.int() });

export interface Instead {
  /** `temporal`, and with the production server the PostgreSQL of its own. */
  readonly pids: Readonly<Record<string, number>>;
  /** For a stub that counts: the number of signals that it has answered, and the number of different events in them. */
  counted(): Promise<z.infer<typeof told>>;
  stop(): Promise<void>;
}

export async function startTemporalInstead(
  what: TemporalInstead,
  where: { readonly ports: StackPorts; readonly folder: string; readonly namespace: string },
): Promise<Instead> {
  if (what === 'stock') return startStock(where.ports, where.folder);
  if ('stubMs' in what) return startStub(where.ports, what);
  return { ...(await startProductionServer(what, where)), counted };
}

/** @throws always: a real server does not count */
function counted(): Promise<never> {
  return Promise.reject(new Error('a real Temporal does not count'));
}

async function startStub(
  { temporal }: StackPorts,
  { stubMs, count }: { readonly stubMs: number; readonly count?: true },
): Promise<Instead> {
  const script = path.join(__dirname, 'bridge', 'temporal-stub.ts');
  const args = [
    '--conditions=sagaline-source',
    '--import',
    'tsx',
    script,
    String(temporal),
    String(stubMs),
    ...(count ? ['count'] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done === true) throw new Error('the stub of Temporal has ended');
    return line.value;
  };
  await next();
  return {
    pids: { temporal: child.pid ?? 0 },
    counted: async () => {
      child.stdin.write('count\n');
      return told.parse(JSON.parse(await next()));
    },
    stop: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

const LOOK_MS = 100;
const CONNECTED_WITHIN_MS = 1_000;
const UP_WITHIN_MS = 30_000;

async function startStock(ports: StackPorts, folder: string): Promise<Instead> {
  const child = spawn(
    findServer('temporal', environment()['PATH']),
    [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.temporal)],
      ...['--http-port', String(ports.temporalHttp), '--metrics-port', String(ports.temporalMetrics)],
      ...['--ui-port', String(ports.temporalUi), '--db-filename', path.join(folder, 'stock.db')],
    ],
    { stdio: 'ignore', env: { HOME: folder } },
  );
  const until = Date.now() + UP_WITHIN_MS;
  const address = `127.0.0.1:${ports.temporal}`;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: CONNECTED_WITHIN_MS });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      break;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(LOOK_MS);
    }
  }
  return { pids: { temporal: child.pid ?? 0 }, counted, stop: () => killed(child) };
}
