// What `--secure` makes: once, for its owner alone, with secrets that nobody can guess.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { pingDomain } from '../../../support/ping/domain';
import { readConfig } from '../../../../src/config';
import { createCatalogue } from '../../../../src/contracts';
import type { Secured } from '../../../../src/dev/secure';
import { makeSecured } from '../../../../src/dev/secure';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'sagaline-secure-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const providers = ['pager'];
const made = (given: Record<string, string> = {}): Promise<Secured> =>
  makeSecured({
    folder: path.join(folder, 'keys'),
    config: readConfig(given, { providers: [] }),
    given,
    catalogue: createCatalogue([pingDomain]),
    providers,
  });

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => ({
    file: path.join(entry.parentPath, entry.name),
    isFolder: entry.isDirectory(),
  }));
const modeOf = (file: string) => statSync(file).mode & 0o777;

test('only the owner reads the folder and what is in it, and a second start changes no key', async () => {
  const first = await made();
  const before = new Map<string, string>();
  expect(modeOf(first.folder)).toBe(0o700);
  for (const { file, isFolder } of filesIn(first.folder)) {
    expect([file, modeOf(file)]).toEqual([file, isFolder ? 0o700 : 0o600]);
    if (!isFolder) before.set(file, readFileSync(file, 'utf8'));
  }
  expect(before.size).toBeGreaterThan(20);
  const again = await made();
  expect(again.tokens).toEqual(first.tokens);
  for (const [file, content] of before) expect([file, readFileSync(file, 'utf8')]).toEqual([file, content]);
});

test('a start with other ports keeps the keys, and reaches the server there', async () => {
  const { settingsOf } = await made({ NATS_PORT: '14222' });
  expect(settingsOf('gateway')['NATS_URL']).toBe('tls://127.0.0.1:14222');
});

test('each secret is its own, and as long as production demands', async () => {
  const { settings, tokens } = await made();
  const read = (name: string) => readFileSync(settings[name] ?? '', 'utf8').trim();
  const secrets = [
    ...['PROVIDER_PAGER_API_KEY_FILE', 'PROVIDER_PAGER_WEBHOOK_SECRET_FILE', 'CODEC_SERVER_TOKEN_FILE'].map(
      read,
    ),
    ...Object.values(tokens),
  ];
  expect(secrets).toHaveLength(8);
  expect(new Set(secrets).size).toBe(secrets.length);
  for (const secret of secrets) expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
});

test('a role has its own user, and no other one’s; workers have none', async () => {
  const { settingsOf } = await made();
  expect(settingsOf('gateway')['NATS_NKEY_FILE']).toMatch(/gateway\/user\.nk$/);
  expect(settingsOf('relay')['NATS_NKEY_FILE']).toMatch(/relay\/user\.nk$/);
  expect(Object.keys(settingsOf('worker:oncall'))).toEqual(['DATABASE_URL']);
  expect([settingsOf('bridge')['PROVISION'], settingsOf('provision')['PROVISION']]).toEqual([
    'check',
    'create',
  ]);
});

test('settings that were given are not made', async () => {
  const { settings, settingsOf } = await made({
    PROVIDER_PAGER_API_KEY: 'a key of the real provider',
    NATS_URL: 'tls://nats.example.com:4222',
  });
  expect(settings['PROVIDER_PAGER_API_KEY_FILE']).toBeUndefined();
  expect(settings['PROVIDER_PAGER_WEBHOOK_SECRET_FILE']).toBeDefined();
  expect(settingsOf('gateway')['NATS_URL']).toBe('tls://nats.example.com:4222');
});

test('the command line gets all that it needs from one file', async () => {
  const { operator, folder: keys } = await made();
  expect({ ...parseEnv(readFileSync(path.join(keys, 'operator.env'), 'utf8')) }).toEqual(operator);
  const { nats, PAYLOAD_ENCRYPTION } = readConfig(operator, { providers: [] });
  expect([nats.nkeyFile, PAYLOAD_ENCRYPTION]).toEqual([
    expect.stringMatching(/operator\/user\.nk$/),
    'require',
  ]);
});

test('the database has a password that nobody can guess, in every process and for the server alike', async () => {
  const { settingsOf, servers, operator } = await made();
  const { password = '' } = servers.postgres ?? {};
  expect(Buffer.byteLength(password)).toBeGreaterThanOrEqual(32);
  for (const role of ['relay', 'operator', 'provision', 'worker:oncall'])
    expect(new URL(settingsOf(role)['DATABASE_URL'] ?? '').password).toBe(password);
  expect(operator['DATABASE_URL']).toBe(settingsOf('operator')['DATABASE_URL']);
  const own = await made({ DATABASE_URL: 'postgresql://me:mine@db.example.com/shop' });
  expect([own.servers.postgres, own.settingsOf('relay')['DATABASE_URL']]).toEqual([undefined, undefined]);
});

test('no printed command has a token among its arguments, and each can be pasted as it is', async () => {
  const { lines, tokens, folder: keys } = await made();
  const commands = lines.join('\n');
  expect(commands).toContain(`-H @${path.join(keys, 'gateway', 'publisher.header')}`);
  expect(commands).not.toMatch(/-H "?authorization|--codec-auth|<\w+>|^temporal /im);
  for (const token of Object.values(tokens)) expect(commands).not.toContain(token);
  const header = readFileSync(path.join(keys, 'gateway', 'publisher.header'), 'utf8');
  expect(header).toBe(`authorization: Bearer ${tokens['publisher'] ?? ''}\n`);
});
