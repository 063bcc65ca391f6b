import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askToScale } from '../../../../src/runtime/local/ask-control';
import { serveControl } from '../../../../src/runtime/local/control';
import { readControlFile, writeControlFile } from '../../../../src/runtime/local/control-file';

/** `sagaline scale` and the stack that it reaches, with the processes left out. */

const dataDir = mkdtempSync(path.join(tmpdir(), 'sagaline-control-'));
const closing: (() => Promise<unknown>)[] = [];

beforeAll(() => mkdirSync(path.join(dataDir, 'run')));
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(dataDir, { recursive: true }));

/** A stack with these processes, that takes any number unless `fails`. */
async function running(before: Record<string, number>, { fails }: { fails?: Error } = {}) {
  const counts = { ...before };
  const control = await serveControl(dataDir, {
    counts: () => ({ ...counts }),
    scale: (wanted) => {
      if (fails) return Promise.reject(fails);
      Object.assign(counts, wanted);
      return Promise.resolve();
    },
  });
  closing.push(() => control.close());
  return { counts, control };
}

test('a running stack takes the numbers, and says what they were', async () => {
  const { counts } = await running({ gateway: 1, bridge: 2, 'worker:payments': 1 });
  expect(await askToScale(dataDir, { 'worker:payments': 3, bridge: 1 })).toEqual({
    kind: 'scaled',
    roles: [
      { role: 'worker:payments', before: 1, now: 3 },
      { role: 'bridge', before: 2, now: 1 },
    ],
  });
  expect(counts).toEqual({ gateway: 1, bridge: 1, 'worker:payments': 3 });
});

test.each([
  ['a pool that is not there', { 'worker:payment': 2 }, 'unknown-pool', 'there are bridges, payments'],
  ['an inherited name', { toString: 2 }, 'unknown-pool', 'there is no pool "toString"'],
  ['a role whose port settings choose', { gateway: 2 }, 'unknown-pool', 'there is no pool "gateway"'],
  ['no process at all', { bridge: 0 }, 'usage', 'numbers of processes'],
  ['half a process', { bridge: 1.5 }, 'usage', 'numbers of processes'],
  ['a crowd', { bridge: 21 }, 'usage', 'numbers of processes'],
])('%s is refused, and nothing is changed', async (_, wanted, code, message) => {
  const { counts } = await running({ gateway: 1, bridge: 2, 'worker:payments': 1 });
  const answer = await askToScale(dataDir, { ...wanted, 'worker:payments': 5 });
  expect(answer).toMatchObject({ kind: 'refused', code });
  expect(answer).toHaveProperty('message', expect.stringContaining(message));
  expect(counts).toEqual({ gateway: 1, bridge: 2, 'worker:payments': 1 });
});

test('during a restart the person is told to come again', async () => {
  const control = await serveControl(dataDir, {
    counts: () => undefined,
    scale: () => Promise.reject(new Error('asked all the same')),
  });
  closing.push(() => control.close());
  expect(await askToScale(dataDir, { bridge: 2 })).toMatchObject({ kind: 'refused', code: 'restarting' });
});

test('why a process did not start is said', async () => {
  await running({ bridge: 1 }, { fails: new Error('bridge-2 did not start: exit code 2') });
  expect(await askToScale(dataDir, { bridge: 2 })).toEqual({
    kind: 'refused',
    code: 'not-scaled',
    message: 'bridge-2 did not start: exit code 2',
  });
});

test('only the owner of the data folder can read how to reach the stack, and others have no token', async () => {
  const { counts } = await running({ bridge: 1 });
  expect(statSync(path.join(dataDir, 'run', 'control.json')).mode & 0o777).toBe(0o600);
  const { url = '', token = '' } = readControlFile(dataDir) ?? {};
  for (const authorization of ['', 'Bearer ', `Bearer ${token}x`, token]) {
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify({ bridge: 2 }),
    });
    expect([authorization, status]).toEqual([authorization, 401]);
  }
  expect(counts).toEqual({ bridge: 1 });
});

test('without a stack there is nobody to ask', async () => {
  expect(await askToScale(dataDir, { bridge: 2 })).toEqual({ kind: 'away' });
  const { control } = await running({ bridge: 1 });
  const left = readControlFile(dataDir) ?? { url: '', token: '' };
  closing.length = 0;
  await control.close();
  expect(readControlFile(dataDir)).toBeUndefined();
  // As a stack leaves it that was killed.
  writeControlFile(dataDir, left);
  expect(await askToScale(dataDir, { bridge: 2 })).toEqual({ kind: 'away' });
});

test.each([
  ['answers with an error', 404, '{}'],
  ['answers with something else', 200, '{"kind":"scaling"}'],
])('another program that has the port of a killed stack, and %s, is no stack', async (_, status, body) => {
  const other = await listening(createServer((_request, response) => response.writeHead(status).end(body)));
  writeControlFile(dataDir, { url: other, token: 'of-the-killed-one' });
  expect(await askToScale(dataDir, { bridge: 2 })).toEqual({ kind: 'away' });
});

test('a stack that ends before it answers may have changed something', async () => {
  const other = await listening(createServer((request) => request.socket.destroy()));
  writeControlFile(dataDir, { url: other, token: 'any' });
  expect(await askToScale(dataDir, { bridge: 2 })).toEqual({ kind: 'ended' });
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scale`;
}
