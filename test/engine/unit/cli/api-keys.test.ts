import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthentication } from '../../../../src/security/tokens';
import { testCli } from '../../../support/cli';
import { silentLog } from '../../../support/log';

const cli = testCli({});
const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-cli-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a key that the command makes is one that the gateway knows, with all that was said of it', async () => {
  const said = await cli(
    ...['api-keys', 'create', 'shop-1', '--principal', 'web-shop', '--scope', 'events:publish', 'read'],
    ...['--source', '/shop', '--type', 'orders.*', '--expires', '2027-01-31T12:00:00Z', '-o', 'json'],
  );
  expect(said.code).toBe(0);
  const { key, entry } = said.json() as { key: string; entry: object };
  const apiKeysFile = path.join(folder, 'api-keys.json');
  writeFileSync(apiKeysFile, JSON.stringify([entry]));
  const authenticate = (now: string) =>
    createAuthentication({ apiKeysFile }, { now: () => Date.parse(now), log: silentLog })(key);
  expect(await authenticate('2027-01-31T11:59:59Z')).toEqual({
    kind: 'authenticated',
    principal: {
      name: 'web-shop',
      scopes: ['events:publish', 'read'],
      sources: ['/shop'],
      types: ['orders.*'],
    },
  });
  expect(await authenticate('2027-01-31T12:00:00Z')).toMatchObject({ kind: 'refused', reason: 'expired' });
});

test('for people, the key comes first and its entry can be copied', async () => {
  const { out } = await cli('api-keys', 'create', 'shop', '--scope', 'endpoints:submit');
  const [key, , , , ...entry] = out.split('\n');
  expect(key).toMatch(/^sagaline_[\w-]{43}$/);
  expect(JSON.parse(entry.join('\n'))).toMatchObject({ id: 'shop', principal: 'shop' });
  expect(entry.join()).not.toContain(key);
});

test('with --file, the entry is added to the file, which is made if it is not there', async () => {
  const file = path.join(folder, 'made.json');
  const keys: string[] = [];
  for (const name of ['shop', 'till']) {
    const { code, out } = await cli('api-keys', 'create', name, '--scope', 'read', '--file', file);
    const [key = ''] = out.split('\n');
    keys.push(key);
    expect([code, out]).toEqual([0, expect.stringContaining(file)]);
    expect(readFileSync(file, 'utf8')).not.toContain(key);
  }
  const authenticate = createAuthentication({ apiKeysFile: file }, { now: Date.now, log: silentLog });
  const names = await Promise.all(keys.map(authenticate));
  expect(names).toMatchObject([{ principal: { name: 'shop' } }, { principal: { name: 'till' } }]);

  const before = readFileSync(file, 'utf8');
  const twice = await cli('api-keys', 'create', 'shop', '--scope', 'read', '--file', file);
  expect([twice.code, twice.out, twice.error]).toEqual([1, '', expect.stringContaining('there twice')]);
  expect(readFileSync(file, 'utf8')).toBe(before);
  writeFileSync(file, '{}');
  expect((await cli('api-keys', 'create', 'a', '--scope', 'read', '--file', file)).code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('{}');
});

test.each([
  [['--scope', 'everything'], 'Allowed choices are'],
  [[], '--scope'],
  [['--scope', 'read', '--expires', 'soon'], 'such as 2027-01-31'],
])('%j is refused', async (options, why) => {
  const said = await cli('api-keys', 'create', 'shop', ...options);
  expect([said.code, said.error]).toEqual([2, expect.stringContaining(why)]);
});
