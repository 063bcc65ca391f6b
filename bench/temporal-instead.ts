import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { environment } from '../src/config';
import { findServer } from '../src/dev/stack';
import type { StackPorts } from '../src/dev/stack';

/**
 * What runs in the place of our Temporal: a stub that answers every call after so many milliseconds, or the development
 * server as it comes, on a file, without the settings that our stack gives it.
 */
export type TemporalInstead = { readonly stubMs: number } | 'stock';

interface Instead {
  readonly pid: number;
  kill(): void;
}

export async function startTemporalInstead(
  what: TemporalInstead,
  ports: StackPorts,
  folder: string,
): Promise<Instead> {
  return what === 'stock' ? startStock(ports, folder) : startStub(ports, what.stubMs);
}

async function startStub({ temporal }: StackPorts, delayMs: number): Promise<Instead> {
  const script = path.join(__dirname, 'temporal-stub.ts');
  const args = ['--import', 'tsx', script, String(temporal), String(delayMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, kill: () => void child.kill() };
}

const LOOK_MS = 100;
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
      const connection = await Connection.connect({ address, connectTimeout: LOOK_MS * 10 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return { pid: child.pid ?? 0, kill: () => void child.kill() };
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(LOOK_MS);
    }
  }
}
