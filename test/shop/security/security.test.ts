// Every attack that we know, against a running stack with all controls, and against one without: docs/secured-start.md.
import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gatewayDifferences, natsDifferences } from './access';
import type { Attack, Outcome } from './attack';
import { attacks } from './attacks';
import { openCodecServer } from './off/codec';
import { carelessFront } from './off/front';
import { believingGateway } from './off/gateway';
import { startTestPostgres } from '../../support/postgres-servers';
import type { Target } from './target';
import { startTarget } from './target';

const STARTED_WITHIN_MS = 180_000;
jest.setTimeout(60_000);

const results = new Map<
  string,
  { readonly on: Outcome; readonly off: Outcome; readonly refusedIn?: string | undefined }
>();
const closing: (() => Promise<unknown>)[] = [];
const began = performance.now();
let [secured, open]: [Target?, Target?] = [];
const slow = new Map<string, Promise<readonly [Outcome, Outcome]>>();

async function against(attack: Attack['attack']): Promise<readonly [Outcome, Outcome]> {
  if (!secured || !open) throw new Error('the stacks are not up');
  return Promise.all([attack(secured), attack(open)]);
}

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-security-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  // One after the other: each needs the whole machine to start.
  const on = await startTarget(path.join(folder, 'on'), 'on');
  closing.push(() => on.shop.close().then(() => on.local.stop()));
  const off = await startTarget(path.join(folder, 'off'), 'off');
  closing.push(() => off.shop.close().then(() => off.local.stop()));

  const front = carelessFront(off.gatewayPort);
  await new Promise<void>((resolve) => void front.listen(0, '127.0.0.1', resolve));
  const believing = await believingGateway(off);
  await believing.listen({ host: '127.0.0.1', port: 0 });
  const codec = openCodecServer(on.local.secured?.settings['PAYLOAD_KEYS_FILE'] ?? '');
  await codec.listen({ host: '127.0.0.1', port: 0 });
  const administrated = await startTestPostgres({ superuser: true });
  closing.push(
    () => believing.close(),
    () => codec.close(),
    () => administrated.stop(),
    async () => {
      front.closeAllConnections();
      front.close();
      return Promise.resolve();
    },
  );
  const plaintextNats = Number(new URL(off.local.config.NATS_URL).port);
  const gateway = { front: on.gatewayPort, checking: on.gatewayPort, plaintextNats };
  secured = {
    ...on,
    ...gateway,
    codec: on.local.config.CODEC_SERVER_PORT,
    database: on.local.config.DATABASE_URL,
  };
  open = {
    ...off,
    front: portOf(front),
    checking: portOf(believing.server),
    codec: portOf(codec.server),
    database: administrated.url,
    plaintextNats,
  };
  for (const { threat, attack } of attacks.filter(({ isSlow }) => isSlow)) {
    const running = against(attack);
    running.catch(() => undefined);
    slow.set(threat, running);
  }
}, STARTED_WITHIN_MS);

afterAll(async () => {
  process.stdout.write(report());
  for (const close of closing.reverse()) await close();
}, STARTED_WITHIN_MS);

function portOf(server: Pick<Server, 'address'>): number {
  return (server.address() as AddressInfo).port;
}

test.each(attacks.map((each) => [each.threat, each] as const))(
  '%s',
  async (threat, { attack, refusedIn }) => {
    const [on, off] = await (slow.get(threat) ?? against(attack));
    results.set(threat, { on, off, refusedIn });
    expect({ on, off }).toEqual({ on: refusedIn === undefined ? 'refused' : 'through', off: 'through' });
  },
);

// docs/reference/access.md, on the secured stack.
describe('each event gets in where the page says, and nowhere else', () => {
  test('through the gateway', async () => {
    expect(secured && (await gatewayDifferences(secured))).toEqual([]);
  });

  test('as each user of NATS', async () => {
    expect(secured && (await natsDifferences(secured))).toEqual([]);
  });
});

test('the requests that the start prints get through as they are printed', async () => {
  const lines = secured?.local.secured?.lines ?? [];
  const script = lines.filter((line) => /^(export|curl) /.test(line)).join('\n');
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  // The body of an answer does not end its line.
  expect(stdout.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 202']);
});

test('no log of the secured stack has a secret of it', async () => {
  const { local } = secured ?? {};
  const secrets = await secretsBelow(local?.secured?.folder ?? '');
  expect(secrets.length).toBeGreaterThan(10);
  const logs = await filesBelow(local?.logFolder ?? '');
  const text = (await Promise.all(logs.map((file) => readFile(file, 'utf8')))).join('');
  expect(text.length).toBeGreaterThan(1_000);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

/** Tokens, keys, webhook secrets and seeds, a line each; not what is public, such as certificates. */
async function secretsBelow(folder: string): Promise<string[]> {
  const secret = /(token|tokens|keys|secret|_key|user\.nk|signing-key\.json)$/;
  const files = (await filesBelow(folder)).filter((file) => secret.test(file));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return lines.map((line) => /"d":"([\w-]+)"/.exec(line)?.[1] ?? line.replace(/^local:/, ''));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));
}

function report(): string {
  const all = [...results.entries()];
  const built = all.filter(([, { refusedIn }]) => refusedIn === undefined);
  const got = (which: 'on' | 'off') => built.filter(([, result]) => result[which] === 'through').length;
  const openOnes = all.flatMap(([threat, { refusedIn }]) =>
    refusedIn === undefined ? [] : [`  open on this machine, refused in ${refusedIn}: ${threat}\n`],
  );
  const seconds = Math.round((performance.now() - began) / 1_000);
  return (
    `\n${built.length} attacks; got through with the controls: ${got('on')}, without: ${got('off')} (${seconds} s)\n` +
    openOnes.join('')
  );
}
