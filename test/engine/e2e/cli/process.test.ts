// As a user: the command line as a process of its own, on real servers.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../../src/config';
import type { TestBridge } from '../../../support/bridge';
import { startTestBridge } from '../../../support/bridge';
import { serverSettings } from '../../../support/cli';
import { DEVICE_ALERTS } from '../../../support/roles';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { FROM_SOURCES } from '../../../support/quick-start';
import { until } from '../../../support/until';

const ROOT = path.resolve(__dirname, '../../../..');
/** Each command is a process that compiles the sources, on a machine with other work to do. */
const TEST_MS = 240_000;
const FOUND_MS = 60_000;

let nats: TestNats;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let bridge: TestBridge;

beforeAll(async () => {
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  bridge = await startTestBridge({ url: nats.url, name: 'bridge' });
});
afterAll(async () => {
  await bridge.stop();
  await Promise.all([nats.stop(), worker.stop()]);
});

async function run(
  entry: readonly string[],
  args: readonly string[],
  { input = '', cwd = ROOT, more = {} } = {},
) {
  const env = { ...environment(), ...serverSettings(nats.url), ...more };
  const running = promisify(execFile)(process.execPath, [...entry, ...args], { cwd, env });
  running.child.stdin?.end(input);
  const { stdout, stderr, code } = await running.then(
    (done) => ({ ...done, code: 0 }),
    (failed: unknown) => failed as { stdout: string; stderr: string; code: number },
  );
  return { code, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

const CLI = [...FROM_SOURCES, 'test/support/ping/cli.ts'];
const cli = (...args: string[]) => run(CLI, [...args, '-o', 'json']);
const cliWith = (input: string, ...args: string[]) => run(CLI, [...args, '-o', 'json'], { input });

test(
  'a malformed event is found, read, edited and redriven, and its workflow completes',
  async () => {
    const key = newKey();
    const sound = JSON.parse(Buffer.from(pingEvent(key).body).toString()) as { data: object };
    const broken = JSON.stringify({ ...sound, data: { ...sound.data, urgency: 'very' } });
    await nats.connection.jetstream().publish(`evt.pings.pinged.v2.${key}`, Buffer.from(broken));

    const deadLetter = await until(
      'the dead letter',
      async () => {
        const { deadLetters } = (await cli('dead-letters', 'list', '--key', key)).json() as {
          deadLetters: { sequence: number; path: string }[];
        };
        return deadLetters[0];
      },
      FOUND_MS,
    );
    expect(deadLetter.path).toBe('data.urgency');
    const of = String(deadLetter.sequence);

    const invalid = await cli('dead-letters', 'edit', of, '--set', 'data.urgency=extremely');
    expect([invalid.code, invalid.stdout]).toEqual([1, '']);
    expect(JSON.parse(invalid.stderr)).toMatchObject({ error: { code: 'invalid', path: 'data.urgency' } });

    const edited = await cliWith(JSON.stringify(sound), 'dead-letters', 'edit', of, '-');
    expect(edited.code).toBe(0);
    const redriven = await cli(
      'dead-letters',
      'redrive',
      of,
      '--why',
      'the sender has told us what was meant',
    );
    expect([redriven.code, redriven.json()]).toMatchObject([
      0,
      { redriven: [{ operation: { by: 'child' } }] },
    ]);

    const pong = Buffer.from(pongEvent(key).body).toString();
    const ended = await cliWith(pong, 'events', 'publish', '-', '--wait', '--expect', 'ponged after 1');
    expect(ended.json()['outcomes']).toMatchObject([{ state: 'ponged after 1' }]);
    expect(ended.code).toBe(0);
  },
  TEST_MS,
);

/** As a user starts it: by `tsx`. */
const sagaline = (...args: string[]) =>
  run([path.join(ROOT, 'bin/sagaline.mjs')], args, { cwd: DEVICE_ALERTS });

test(
  'bin/sagaline.mjs runs from the sources, with the domains of the project in the working directory',
  async () => {
    const listed = await sagaline('routes', 'list', '-o', 'json');
    expect(listed.stderr).toBe('');
    expect(listed.json()['routes']).toContainEqual(
      expect.objectContaining({ route: 'alert-raised', workflow: 'alert', how: 'opens' }),
    );
    const wrong = await sagaline('dead-letters', 'show', 'x');
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('whole number');
  },
  TEST_MS,
);

const LOADED_PACKAGES = path.join(ROOT, 'test/support/loaded-packages.cjs');
/** Each takes longer to load than a command should take to answer. */
const HEAVY = [
  ...[
    '@grpc/grpc-js',
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/core-bridge',
    '@temporalio/worker',
  ],
  ...['fastify', 'nats', 'node-forge', 'pg', 'pino', 'prom-client'],
];

test.each([
  [['dead-letters', 'list'], ['nats']],
  [
    ['sagas', 'stuck'],
    ['@grpc/grpc-js', '@temporalio/client', '@temporalio/common'],
  ],
])(
  '%j loads the client of the server that it asks, and no other',
  async (args, needed) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-loaded-'));
    const file = path.join(folder, 'packages.json');
    try {
      const asked = await run(
        // With the condition, without which it starts itself again.
        ['--conditions=sagaline-source', '--require', LOADED_PACKAGES, path.join(ROOT, 'bin/sagaline.mjs')],
        args,
        { cwd: DEVICE_ALERTS, more: { LOADED_PACKAGES: file } },
      );
      expect([asked.code, asked.stderr]).toEqual([0, '']);
      const loaded = JSON.parse(readFileSync(file, 'utf8')) as string[];
      expect(HEAVY.filter((name) => loaded.includes(name))).toEqual(needed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  TEST_MS,
);

test(
  'a replay ends by itself, also when there is nothing that it could replay',
  async () => {
    const unreadable = await sagaline('replay', path.join(ROOT, 'docs/examples'));
    expect([unreadable.code, unreadable.stderr]).toEqual([1, '']);
    expect(unreadable.stdout).toContain('the history cannot be read: it has no events');
    const none = await sagaline('replay', path.join(ROOT, 'docs'));
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toContain('no-histories: there is no history (*.json) in ');
  },
  TEST_MS,
);
