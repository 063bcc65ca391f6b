// The audit in PostgreSQL: who may do what to its records, and what shows when somebody has done more.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { Database } from '../../../../src/adapters/postgres';
import { connectDatabase } from '../../../../src/adapters/postgres';
import type { AuditFinding, AuditHead, NewAuditRecord } from '../../../../src/security/audit';
import {
  appendAuditRecord,
  auditRecords,
  beginVerification,
  findAuditRecord,
  listAuditRecords,
} from '../../../../src/security/audit';
import { silentLog } from '../../../support/log';
import type { TestPostgres } from '../../../support/postgres-servers';
import { startTestPostgres } from '../../../support/postgres-servers';

const MIGRATION = path.resolve('src/security/audit/migrations/1763000000001_audit.sql');
const STARTED_MS = 60_000;

let server: TestPostgres;
/** As the superuser, who owns the table here. */
let db: { readonly url: string; readonly database: Database };
/** A login role with the rights that the application's roles have. */
const role = `audit_${randomBytes(6).toString('hex')}`;
let roleUrl: string;

beforeAll(async () => {
  server = await startTestPostgres({ superuser: true });
  const { url } = server;
  const database = connectDatabase({ url, poolSize: 10, name: 'test', log: silentLog });
  db = { url, database };
  await database.query('create schema sagaline');
  await database.query(await readFile(MIGRATION, 'utf8'));
  roleUrl = Object.assign(new URL(db.url), { username: role, password: role }).href;
  await db.database.query(`create role ${role} login password '${role}'`);
  await db.database.query(`grant usage on schema sagaline to ${role}`);
  await db.database.query(`grant select, insert on sagaline.audit to ${role}`);
}, STARTED_MS);
afterAll(async () => {
  await db.database.end();
  await server.stop();
});

const ROWS = 'select sequence, hash from sagaline.audit order by sequence';
const change: NewAuditRecord = {
  ...{ actor: 'ada', verified: true, kind: 'change', action: 'outbox.redrive', target: 'outbox 17' },
  details: { why: 'Zürich \u{1f4e6}, "quoted"\n\u0000' },
};

/** Runs statements on a connection of its own. @returns the code of PostgreSQL's error, or `done` */
async function attempt(url: string, ...statements: string[]): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown';
  } finally {
    await client.end();
  }
}

async function findings(kept?: AuditHead): Promise<AuditFinding[]> {
  const check = beginVerification(kept);
  const found: AuditFinding[] = [];
  for await (const record of auditRecords(db.database)) found.push(...check.next(record));
  return [...found, ...check.end()];
}

async function append(count: number): Promise<AuditHead> {
  let last = await appendAuditRecord(db.database, change);
  for (let each = 1; each < count; each++) last = await appendAuditRecord(db.database, change);
  return last;
}

test('eight writers at once make one chain', async () => {
  const writers = Array.from({ length: 8 }, (_, index) => {
    const url = index % 2 === 0 ? db.url : roleUrl;
    return {
      name: `writer ${index}`,
      database: connectDatabase({ url, poolSize: 1, name: 'test', log: silentLog }),
    };
  });
  await Promise.all(
    writers.map(async ({ name: actor, database }) => {
      for (let each = 0; each < 50; each++) await appendAuditRecord(database, { ...change, actor });
      await database.end();
    }),
  );
  expect(await findings()).toEqual([]);
  const records = [];
  for await (const record of auditRecords(db.database)) records.push(record);
  expect(records.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 400 }, (_, index) => index + 1),
  );
  expect(new Set(records.map(({ actor }) => actor)).size).toBe(8);
  // The role that PostgreSQL has authenticated, whatever the writer says of itself.
  expect(records.filter((each) => each.role === role)).toHaveLength(200);
});

test('what is stored is what was given, and lists find it', async () => {
  const began = new Date();
  const { sequence } = await appendAuditRecord(db.database, {
    ...change,
    actor: 'grace',
    target: 'outbox 99',
  });
  const outcome = { ...change, kind: 'outcome', target: 'outbox 99', refersTo: sequence } as const;
  const unfinished = { unanswered: 'change', limit: 1_000, target: 'outbox 99' } as const;
  expect((await listAuditRecords(db.database, unfinished)).map((each) => each.sequence)).toEqual([sequence]);
  await appendAuditRecord(db.database, outcome);
  expect(await listAuditRecords(db.database, unfinished)).toEqual([]);
  const found = await findAuditRecord(db.database, sequence);
  expect(found).toMatchObject({ record: { actor: 'grace', verified: true }, answer: { kind: 'outcome' } });
  expect(JSON.parse(found?.record.details ?? '')).toEqual(change.details);
  for (const filter of [{ actor: 'grace' }, { target: 'outbox 99', before: sequence + 1 }, { since: began }])
    expect(
      (await listAuditRecords(db.database, { ...filter, limit: 50 })).map((each) => each.sequence),
    ).toContain(sequence);
  // A change has one outcome.
  await expect(appendAuditRecord(db.database, outcome)).rejects.toMatchObject({ code: '23505' });
});

describe("the application's role", () => {
  const DENIED = '42501';
  const ATTACKS = {
    update: "update sagaline.audit set actor = 'mallory' where sequence = 3",
    delete: 'delete from sagaline.audit where sequence = 3',
    truncate: 'truncate sagaline.audit',
    'upsert of what is there': `insert into sagaline.audit (sequence, actor, verified, kind, action, target, details)
      values (3, 'mallory', true, 'read', 'x', 'x', '{}') on conflict (refers_to) where refers_to is not null
      do update set actor = 'mallory'`,
    'switch triggers off': 'alter table sagaline.audit disable trigger all',
    'play a replica': 'set session_replication_role = replica',
    'drop the table': 'drop table sagaline.audit',
    'replace the function': `create or replace function sagaline.audit_append() returns trigger language plpgsql
      as $$ begin return new; end $$`,
  };

  test.each(Object.entries(ATTACKS))('%s: refused', async (_, statement) => {
    await append(3);
    const before = await db.database.query(ROWS);
    expect(await attempt(roleUrl, statement)).toBe(DENIED);
    expect(await db.database.query(ROWS)).toEqual(before);
  });

  test('position, time, role and hashes are never its own', async () => {
    const claims = `insert into sagaline.audit
      (sequence, recorded_at, role, actor, verified, kind, action, target, details, previous_hash, hash)
      values (1000000, '2020-01-01', 'postgres', 'ada', true, 'read', 'x', 'x', '{}', repeat('a', 64), repeat('b', 64))`;
    const before = await append(1);
    expect(await attempt(roleUrl, claims)).toBe('done');
    const [last] = await listAuditRecords(db.database, { limit: 1 });
    expect(last).toMatchObject({ sequence: before.sequence + 1, role, previousHash: before.hash });
    expect(Date.now() - Date.parse(last?.recordedAt ?? '')).toBeLessThan(60_000);
    expect(await findings()).toEqual([]);
  });
});

describe('a role that was given every right, and the superuser', () => {
  beforeAll(() => db.database.query(`grant all on sagaline.audit to ${role}`));

  test.each([
    'update sagaline.audit set actor = actor',
    'delete from sagaline.audit',
    'truncate sagaline.audit',
  ])('%s: refused by the trigger, also while it plays a replica', async (statement) => {
    for (const url of [roleUrl, db.url]) expect(await attempt(url, statement)).toBe('42501');
    expect(await attempt(db.url, 'set session_replication_role = replica', statement)).toBe('42501');
  });
});

// The control is off: these attacks get through, and are named.
describe('the superuser without the triggers', () => {
  const OFF = 'alter table sagaline.audit disable trigger user';
  const ON = [
    'alter table sagaline.audit enable trigger user',
    'alter table sagaline.audit enable always trigger audit_append_only',
  ];
  const forge = async (...statements: string[]) => {
    expect(await attempt(db.url, OFF, ...statements, ...ON)).toBe('done');
  };

  test('a changed, a removed and a re-hashed record are named; what was cut off shows against a kept head', async () => {
    const { sequence } = await append(12);
    const first = sequence - 11;
    expect(await findings()).toEqual([]);
    await forge(`update sagaline.audit set actor = 'mallory' where sequence = ${first}`);
    await forge(`delete from sagaline.audit where sequence = ${first + 2}`);
    await forge(
      `update sagaline.audit set target = 'another' where sequence = ${first + 5}`,
      `update sagaline.audit as entry set hash = encode(sha256(convert_to(sagaline.audit_encoding(entry), 'UTF8')), 'hex')
        where sequence = ${first + 5}`,
    );
    const named = [
      { kind: 'changed', sequence: first },
      { kind: 'missing', sequence: first + 2, last: first + 2 },
      { kind: 'unlinked', sequence: first + 5, next: first + 6 },
    ];
    expect(await findings()).toEqual(named);
    const kept = await append(3);
    await forge(`delete from sagaline.audit where sequence > ${kept.sequence - 2}`);
    expect(await findings()).toEqual(named);
    const cut = { kind: 'missing', sequence: kept.sequence - 1, last: kept.sequence };
    expect(await findings(kept)).toEqual([...named, cut]);
    // What comes later has the place of what was cut off.
    await append(2);
    expect(await findings(kept)).toEqual([...named, { kind: 'another-chain', sequence: kept.sequence }]);
  });
});
