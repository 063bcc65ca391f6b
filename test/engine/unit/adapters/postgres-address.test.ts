// What the parameters of an address mean for the connection.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { connectionTo } from '../../../../src/adapters/postgres/connection';
import { InvalidConfigError } from '../../../../src/contracts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'sagaline-address-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content = name): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

const tlsOf = (parameters: string) =>
  connectionTo(`postgresql://u@db/x?${parameters}`).ssl as ConnectionOptions;

function problemsOf(address: string): readonly string[] {
  try {
    connectionTo(address);
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('the parts of an address', () => {
  const { password, ...rest } = connectionTo('postgresql://me%40x:p%2Fw@[::1]:5433/the%20db');
  expect(rest).toEqual({ host: '::1', port: 5433, user: 'me@x', database: 'the db', ssl: false });
  expect((password as () => string)()).toBe('p/w');
  expect(connectionTo('postgresql://db/x')).not.toHaveProperty('password');
});

test('a password is read anew for each connection', () => {
  let current = 'postgresql://u:first@db/x';
  const { password } = connectionTo(() => current);
  current = 'postgresql://u:second@db/x';
  expect((password as () => string)()).toBe('second');
});

test('the environment does not change what an address says', () => {
  // The client reads it only if it gets `undefined`.
  expect(connectionTo('postgresql://u@db/x').ssl).toBe(false);
  expect(connectionTo('postgresql://u@db/x?sslmode=disable').ssl).toBe(false);
  expect(tlsOf('sslmode=verify-full')).toEqual({ rejectUnauthorized: true });
});

test('verify-full checks authority and name, verify-ca the authority, require neither', () => {
  const ca = file('ca.pem');
  expect(tlsOf(`sslmode=verify-full&sslrootcert=${ca}`)).toEqual({ rejectUnauthorized: true, ca: 'ca.pem' });
  expect(tlsOf('sslmode=verify-full&sslrootcert=system')).toEqual({ rejectUnauthorized: true });
  for (const mode of ['verify-ca', 'require']) {
    const options = tlsOf(`sslmode=${mode}&sslrootcert=${ca}`);
    expect(options).toMatchObject({ rejectUnauthorized: true, ca: 'ca.pem' });
    expect(options).toHaveProperty('checkServerIdentity');
  }
  expect(tlsOf('sslmode=require')).toMatchObject({ rejectUnauthorized: false });
});

test('files are read anew for each connection; while one is away, its last content counts', () => {
  const cert = file('client.pem', 'first');
  const options = tlsOf(`sslmode=verify-full&sslcert=${cert}&sslkey=${file('client-key.pem')}`);
  const sent = () => ({ ...options });
  expect(sent()).toMatchObject({ cert: 'first', key: 'client-key.pem' });
  writeFileSync(cert, 'second');
  expect(sent()).toMatchObject({ cert: 'second' });
  rmSync(cert);
  expect(sent()).toMatchObject({ cert: 'second' });
});

test('a Unix socket is used without TLS', () => {
  expect(connectionTo('postgresql://u@any/x?host=/run/postgresql&sslmode=verify-full')).toMatchObject({
    host: '/run/postgresql',
    ssl: false,
  });
});

test.each([
  ['sslmode=prefer', 'sslmode must be one of disable, require, verify-ca, verify-full, not "prefer"'],
  ['sslmode=no-verify', 'sslmode must be one of disable, require, verify-ca, verify-full, not "no-verify"'],
  [
    'sslmode=verify-full&uselibpqcompat=true',
    'uselibpqcompat is not supported, only host, sslmode, sslrootcert, sslcert, sslkey',
  ],
  ['ssl=0', 'ssl is not supported, only host, sslmode, sslrootcert, sslcert, sslkey'],
  ['sslrootcert=/ca.pem', 'files of TLS are of no use without TLS: set sslmode=verify-full'],
  [
    'sslmode=verify-ca',
    'sslmode=verify-ca needs sslrootcert: any host has a certificate of a public authority',
  ],
  ['sslmode=verify-full&sslcert=/c.pem', 'sslcert and sslkey: one is of no use without the other'],
  [
    'sslmode=verify-full&host=other.example.com',
    'host may only be the folder of a Unix socket; the name of a server is behind the "@"',
  ],
  ['sslmode=verify-full&sslrootcert=/nowhere.pem', 'sslrootcert: /nowhere.pem cannot be read (ENOENT)'],
])('%s is refused', (parameters, problem) => {
  expect(problemsOf(`postgresql://u:secret@db/x?${parameters}`)).toEqual([
    `the address of PostgreSQL: ${problem}`,
  ]);
});
