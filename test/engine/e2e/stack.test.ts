// The local stack is what every other integration test stands on: real servers, started and ended for real.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import {
  assertPortFree,
  FolderInUseError,
  PortTakenError,
  startStack,
  type Stack,
  type StackOptions,
} from '../../../src/dev/stack';
import { FROM_SOURCES } from '../../support/quick-start';
import { messagesIn, publishOne, somePorts, sql, stackOptions } from '../../support/stack';

const ROOT = resolve(__dirname, '../../..');
const NAMESPACE = 'stack-test';
// Two starts, one of them with a new PostgreSQL, take about 4 s here.
const TEST_TIMEOUT_MS = 60_000;

jest.setTimeout(TEST_TIMEOUT_MS);

describe('the local stack', () => {
  let dataDir: string;
  let exits: string[];
  let started: Stack[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sagaline-stack-'));
    exits = [];
    started = [];
  });

  afterEach(async () => {
    await Promise.all(started.map((stack) => stack.stop()));
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(overrides: Partial<StackOptions> = {}): Promise<Stack> {
    const onUnexpectedExit = (server: string) => exits.push(server);
    const stack = await startStack(await stackOptions({ dataDir, onUnexpectedExit, ...overrides }));
    started.push(stack);
    return stack;
  }

  test('starts servers that work, keeps their data over a restart, and leaves no port open', async () => {
    const ports = await somePorts();
    const first = await start({ ports });
    await publishOne(first.natsUrl);
    await sql(first.databaseUrl, 'create table kept (id int)', 'insert into kept values (7)');
    expect(await retentionOf(first.temporalAddress)).toBeGreaterThan(0);
    expect(Object.keys(first.pids).sort()).toEqual(['nats', 'postgres', 'temporal']);
    const page = await fetch(String(first.temporalUiUrl));
    expect(page.status).toBe(200);

    await first.stop();
    for (const port of Object.values(ports) as number[]) await assertPortFree(port, 'the test', 'none');

    const second = await start({ ports });
    expect(await messagesIn(second.natsUrl)).toBe(1);
    expect(await sql(second.databaseUrl, 'select id from kept')).toEqual([{ id: 7 }]);
    expect(await retentionOf(second.temporalAddress)).toBeGreaterThan(0);
    expect(exits).toEqual([]);
  });

  test('its user of PostgreSQL is no superuser, and nobody can log in as one', async () => {
    const stack = await start();
    await expect(sql(stack.databaseUrl, `copy (select 1) to program 'true'`)).rejects.toThrow(
      'permission denied to COPY to or from an external program',
    );
    const superuser = stack.databaseUrl.replace('//sagaline:', '//postgres:');
    await expect(sql(superuser, 'select 1')).rejects.toHaveProperty('code', '28P01');
    await stack.stop();
  });

  test('reports a server that is killed, and starts again on what it left behind', async () => {
    const first = await start({ ephemeral: true });
    await sql(first.databaseUrl, 'create table kept (id int)', 'insert into kept values (7)');
    process.kill(Number(first.pids['postgres']), 'SIGKILL');
    await until(() => exits.length > 0);
    expect(exits).toEqual(['PostgreSQL']);
    await first.stop();

    const second = await start({ ephemeral: true });
    expect(await sql(second.databaseUrl, 'select id from kept')).toEqual([{ id: 7 }]);
  });

  test('names every taken port, and the setting to change, before it starts anything', async () => {
    const ports = await somePorts();
    const strangers = await Promise.all([ports.nats, ports.postgres].map(listenOn));
    const error = await start({ ports }).catch((reason: unknown) => reason);
    await Promise.all(strangers.map((stranger) => new Promise((resolve) => stranger.close(resolve))));

    expect(error).toBeInstanceOf(PortTakenError);
    const { taken, message } = error as PortTakenError;
    expect(taken.map(({ setting }) => setting)).toEqual(['NATS_PORT', 'POSTGRES_PORT']);
    expect(message).toContain(
      `port ${ports.nats}, wanted by NATS, is taken by another program. Stop that program, or set NATS_PORT to a ` +
        'free port, or set NATS_URL to use the server that is already there.',
    );
  });

  test('leaves no server behind when its process is killed', async () => {
    const ports = await somePorts();
    const options = { dataDir, ports, namespace: NAMESPACE, external: {}, ephemeral: true };
    const program = `
      const { startStack } = require('./src/dev/stack');
      const options = { ...${JSON.stringify(options)}, searchPath: process.env.PATH, log() {}, onUnexpectedExit() {} };
      startStack(options).then(() => console.log('started'));`;
    const parent = spawn(process.execPath, [...FROM_SOURCES, '-e', program], { cwd: ROOT });
    await once(parent.stdout, 'data');
    await expect(assertPortFree(ports.temporal, 'the test', 'none')).rejects.toBeInstanceOf(PortTakenError);

    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const again = await start({ ports });
    expect(await sql(again.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('lets one stack at a time use a data folder, and starts nothing that is external', async () => {
    const external = { natsUrl: 'nats://elsewhere:4222', temporalAddress: 'elsewhere:7233' };
    const stack = await start({ external });
    expect(Object.keys(stack.pids)).toEqual(['postgres']);
    expect(stack).toMatchObject({ natsUrl: external.natsUrl, temporalUiUrl: undefined });
    await expect(start({ external })).rejects.toBeInstanceOf(FolderInUseError);

    await stack.stop();
    const again = await start({ external });
    expect(await sql(again.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

async function retentionOf(address: string): Promise<number> {
  const connection = await Connection.connect({ address });
  const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
  await connection.close();
  return Number(config?.workflowExecutionRetentionTtl?.seconds);
}

async function listenOn(port: number) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
