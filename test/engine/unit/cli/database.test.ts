// `sagaline database`: a folder with the roles' passwords, made without a server.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectionTo } from '../../../../src/adapters/postgres/connection';
import { testCli } from '../../../support/cli';
import { pingDomain } from '../../../support/ping/domain';

const tables = () => ({ pools: ['pings'], access: { pings: { 'worker:pings': 'write' as const } } });
const cli = testCli({}, [pingDomain], undefined, { tables });

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'sagaline-database-'));
  folder = path.join(parent, 'keys');
});
afterEach(() => rm(parent, { recursive: true }));

const text = (name: string) => readFile(path.join(folder, name), 'utf8');

test('init makes a role with an address of its own for each process; the SQL has no password', async () => {
  const said = await cli('database', 'init', folder, '--host', 'db.example.com', '--output', 'json');
  expect([said.error, said.code, said.json()]).toEqual(['', 0, { folder }]);
  const sql = await text('roles.sql');
  for (const [role, user] of [
    ['owner', 'sagaline_owner'],
    ['relay', 'sagaline_relay'],
    ['worker-pings', 'sagaline_worker_pings'],
  ] as const) {
    const address = (await text(`${role}/database-url`)).trim();
    const { host, password, ...rest } = connectionTo(address);
    expect([host, rest.user, rest.ssl]).toMatchObject(['db.example.com', user, { rejectUnauthorized: true }]);
    expect(sql).toContain(`alter role "${user}" login nosuperuser`);
    expect(sql).not.toContain((password as () => string)());
  }
  expect(await text('owner/settings.env')).toContain('DATABASE_OWNER_URL_FILE=');
  expect(await text('relay/settings.env')).toContain('DATABASE_URL_FILE=');
});

test('rotate makes other passwords, under the same authority', async () => {
  await cli('database', 'init', folder, '--host', 'db.example.com');
  const before = [await text('relay/database-url'), await text('ca.pem'), await text('server.pem')];
  expect(await cli('database', 'rotate', folder)).toMatchObject({ code: 0 });
  const [address, authority, certificate] = before;
  expect(await text('relay/database-url')).not.toBe(address);
  expect(await text('ca.pem')).toBe(authority);
  expect(await text('server.pem')).not.toBe(certificate);
});

test('for processes that find the folder elsewhere, addresses name the authority there', async () => {
  const elsewhere = ['--mounted-at', '/run/sagaline/database'];
  await cli('database', 'init', folder, '--host', 'db.example.com', ...elsewhere);
  await cli('database', 'rotate', folder);
  const { searchParams } = new URL(await text('relay/database-url'));
  expect(searchParams.get('sslrootcert')).toBe('/run/sagaline/database/ca.pem');
});

test('what cannot work is refused', async () => {
  expect((await cli('database', 'rotate', folder)).error).toContain('no-database: ');
  await cli('database', 'init', folder, '--host', 'db.example.com');
  expect((await cli('database', 'init', folder, '--host', 'db.example.com')).error).toContain('not-empty: ');
  const long = testCli({}, [pingDomain], undefined, {
    tables: () => ({ pools: ['a'.repeat(50)], access: {} }),
  });
  expect((await long('database', 'roles')).error).toContain('long-name: ');
});
