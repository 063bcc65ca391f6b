// Who gets through to PostgreSQL: with TLS and client certificates, and in plain text.
import { readFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { Server } from 'node:net';
import path from 'node:path';
import { Client } from 'pg';
import type { Database } from '../../../../../src/adapters/postgres';
import { applySql, connectDatabase, openSession } from '../../../../../src/adapters/postgres';
import { clientCertificate, newAuthority, serverCertificate } from '../../../../../src/keys/certificates';
import { loadApp } from '../../../../../src/runtime/load';
import { silentLog } from '../../../../support/log';
import { DEVICE_ALERTS } from '../../../../support/roles';
import type { SecuredPostgres } from '../../../../support/secured-postgres';
import { startSecuredPostgres } from '../../../../support/secured-postgres';
import { until } from '../../../../support/until';

const now = new Date();
const A_YEAR_AGO = new Date(now.getTime() - 365 * 24 * 60 * 60_000);

jest.setTimeout(60_000);

let postgres: SecuredPostgres;
let url: string;
beforeAll(async () => {
  postgres = await startSecuredPostgres(loadApp(DEVICE_ALERTS));
  url = await postgres.urlOf('relay');
  await until('the server takes connections with TLS', () => admitted(url));
});
afterAll(() => postgres.stop());

const at = (name: string) => path.join(postgres.folder, name);

/** One connection of each kind. Each must be refused for the same reason. */
const KINDS: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  pool: (address) => using(address, (database) => database.query('select 1')),
  session: async (address) => (await openSession({ url: address, name: 'test' })).end(),
  administrator: (address) => applySql(address, 'select 1'),
};

async function using<Result>(
  address: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = connectDatabase({ url: address, poolSize: 1, name: 'test', log: silentLog });
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

const admitted = (address: string) =>
  using(address, (database) => database.query('select 1')).then(
    () => true,
    () => false,
  );

async function refusalOf(address: string): Promise<string> {
  const reasons = new Set<string>();
  for (const [kind, connect] of Object.entries(KINDS)) {
    try {
      await connect(address);
      reasons.add(`${kind} got through`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      reasons.add(code ?? message);
    }
  }
  return [...reasons].join(', ');
}

/** The address with other parameters; `undefined` removes one. */
function changed(address: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const copy = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) copy.searchParams.delete(name);
    else copy.searchParams.set(name, value);
  }
  return copy.href;
}

async function ours() {
  return { certificate: await readFile(at('ca.pem'), 'utf8'), key: await readFile(at('ca-key.pem'), 'utf8') };
}

/** Lets the server take a certificate that is made with these differences. */
async function serverWith(differences: {
  authority?: Awaited<ReturnType<typeof ours>>;
  host?: string;
  from?: Date;
}): Promise<void> {
  const { authority = await ours(), host = '127.0.0.1', from = now } = differences;
  const made = await serverCertificate(authority, { hosts: [host], days: 30, now: from });
  await writeFile(at('other-server.pem'), made.certificate);
  await writeFile(at('other-server-key.pem'), made.key);
  await postgres.use({ certificate: at('other-server.pem'), key: at('other-server-key.pem') });
}

test('the right certificate gets through, encrypted', async () => {
  const rows = await using(url, (database) =>
    database.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()'),
  );
  expect(rows).toEqual([{ ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) as string }]);
});

test('every file of the folder is for its owner only', async () => {
  for (const name of [
    'ca-key.pem',
    'server-key.pem',
    'roles.sql',
    'relay/database-url',
    'owner/database-url',
  ])
    expect([name, ((await stat(at(name))).mode & 0o777).toString(8)]).toEqual([name, '600']);
});

describe('refused:', () => {
  afterEach(() =>
    postgres
      .use({ certificate: at('server.pem'), key: at('server-key.pem') })
      .then(() => until('the right certificate is back', () => admitted(url))),
  );

  test('a server whose authority the client does not know', async () => {
    const other = await newAuthority({ days: 30, now });
    await writeFile(at('other-ca.pem'), other.certificate);
    const unknown = { sslrootcert: at('other-ca.pem') };
    expect(await refusalOf(changed(url, unknown))).toMatch(/SIGNATURE|SELF_SIGNED|UNABLE_TO/);
    // Without a file, the authorities of Node.js count.
    expect(await refusalOf(changed(url, { sslrootcert: undefined }))).toMatch(/SELF_SIGNED|UNABLE_TO/);
    // The same with the check off: the attack is real.
    const off = changed(url, { sslmode: 'require', sslrootcert: undefined });
    expect(await admitted(off)).toBe(true);
  });

  test.each([
    [
      'of another authority',
      async () => serverWith({ authority: await newAuthority({ days: 30, now }) }),
      /UNABLE_TO|SIGNATURE|SELF_SIGNED/,
    ],
    ['that has expired', () => serverWith({ from: A_YEAR_AGO }), /CERT_HAS_EXPIRED/],
    ['for another host name', () => serverWith({ host: 'db.example.com' }), /ERR_TLS_CERT_ALTNAME_INVALID/],
  ])('a server with a certificate %s', async (_, take, code) => {
    await take();
    await until('the server has taken it', async () => code.test(await refusalOf(url)));
    expect(await admitted(changed(url, { sslmode: 'require', sslrootcert: undefined }))).toBe(true);
  });

  test('verify-ca takes another host name, verify-full does not', async () => {
    await serverWith({ host: 'db.example.com' });
    await until('the server has taken it', async () => !(await admitted(url)));
    expect(await admitted(changed(url, { sslmode: 'verify-ca' }))).toBe(true);
  });

  test('a server in plain text', async () => {
    // It says "N" to the request for TLS, as PostgreSQL without certificates does.
    const plain = new Server((socket) => socket.once('data', () => void socket.write('N')));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as { port: number };
    const address = url.replace(`:${postgres.port}/`, `:${port}/`);
    expect(await refusalOf(address)).toBe('The server does not support SSL connections');
    await new Promise((resolve) => plain.close(resolve));
  });

  test('a client in plain text', async () => {
    const plain = changed(url, { sslmode: 'disable', sslrootcert: undefined });
    expect(await refusalOf(plain)).toBe('28000');
    // What the environment says of TLS does not weaken an address.
    const client = new Client({ connectionString: postgres.adminUrl });
    await client.connect();
    await client.end();
  });

  describe('client certificates:', () => {
    async function withClient(made: { certificate: string; key: string } | undefined): Promise<string> {
      if (made === undefined) return url;
      await writeFile(at('client.pem'), made.certificate);
      await writeFile(at('client-key.pem'), made.key);
      return changed(url, { sslcert: at('client.pem'), sslkey: at('client-key.pem') });
    }
    const certificateOf = async (authority: Awaited<ReturnType<typeof ours>>, from = now) =>
      clientCertificate(authority, { commonName: 'relay', days: 30, now: from });

    test('ours gets through; none, another authority’s and an expired one do not', async () => {
      const right = await certificateOf(await ours());
      await postgres.use({
        certificate: at('server.pem'),
        key: at('server-key.pem'),
        clientAuthority: at('ca.pem'),
      });
      await until('the server wants one', async () => !(await admitted(url)));
      expect(await admitted(await withClient(right))).toBe(true);
      expect(await admitted(await withClient(undefined))).toBe(false);
      expect(
        await admitted(await withClient(await certificateOf(await newAuthority({ days: 30, now })))),
      ).toBe(false);
      expect(await admitted(await withClient(await certificateOf(await ours(), A_YEAR_AGO)))).toBe(false);
      expect(await admitted(await withClient(right))).toBe(true);
    });
  });
});

test('passwords are rotated under load: a process that reads its address from the file goes on', async () => {
  const former = await postgres.urlOf('relay');
  const database = connectDatabase({
    url: () => readFileSync(at('relay/database-url'), 'utf8').trim(),
    poolSize: 2,
    name: 'test',
    log: silentLog,
  });
  const stopping = new AbortController();
  let done = 0;
  const failures: unknown[] = [];
  const load = (async () => {
    while (!stopping.signal.aborted) {
      // Each on a new connection, where the password counts.
      const fresh = connectDatabase({
        url: () => readFileSync(at('relay/database-url'), 'utf8').trim(),
        poolSize: 1,
        name: 'test',
        log: silentLog,
      });
      await Promise.all([fresh.query('select 1'), database.query('select 1')]).then(
        () => done++,
        (error: unknown) => failures.push(error),
      );
      await fresh.end();
    }
  })();
  await until('there is load', () => done > 3);
  await postgres.rotate();
  expect(await postgres.urlOf('relay')).not.toBe(former);
  const before = done;
  await until('the load goes on', () => done > before + 3);
  stopping.abort();
  await load;
  await database.end();
  // Between the server's change and the file's, a new connection is refused; the next attempt succeeds.
  for (const failure of failures) expect(failure).toHaveProperty('code', '28P01');
  expect(await refusalOf(former)).toBe('28P01');
});
