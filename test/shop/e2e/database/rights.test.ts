// Which role may run which statement. The table is written by hand, not derived from the code that grants the rights.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, DatabaseError } from 'pg';
import { loadApp } from '../../../../src/runtime/load';
import type { RoleDatabase } from '../../../support/database-roles';
import { roleDatabase } from '../../../support/database-roles';
import type { TestPostgres } from '../../../support/postgres-servers';
import { startTestPostgres } from '../../../support/postgres-servers';
import { sql } from '../../../support/stack';

const WORKERS = ['orders', 'inventory', 'payments', 'shipping', 'notifications'].map(
  (pool) => `worker:${pool}`,
);
const [ORDERS = '', INVENTORY = '', PAYMENTS = '', SHIPPING = '', NOTIFICATIONS = ''] = WORKERS;
const ROLES = ['owner', 'gateway', 'relay', 'subscriber', 'operator', 'console', 'codec-server', ...WORKERS];
/** The owner may do everything with the tables, and nothing with the server. */
const OWNER = ['owner'];
const NOBODY: readonly string[] = [];

const MATRIX: readonly (readonly [statement: string, allowed: readonly string[]])[] = [
  // Effects, applied events, outbox: what each does, column by column.
  ['select from sagaline.effects', [...OWNER, 'relay', 'operator', ...WORKERS]],
  [`insert into sagaline.effects (key, state) values ('a:b:0', 'done')`, [...OWNER, ...WORKERS]],
  [`update sagaline.effects set state = 'done'`, [...OWNER, ...WORKERS]],
  [`update sagaline.effects set key = 'another'`, OWNER],
  // Payment tokens leave it once they are used.
  [`update sagaline.effects set request = '{}'`, [...OWNER, ...WORKERS]],
  ['delete from sagaline.effects', [...OWNER, 'relay']],
  ['truncate sagaline.effects', OWNER],
  ['select from sagaline.applied_events', [...OWNER, ...WORKERS]],
  ['update sagaline.applied_events set applied_at = now()', OWNER],
  ['truncate sagaline.applied_events', OWNER],
  ['select body from sagaline.outbox', [...OWNER, 'relay', 'operator', 'console']],
  [
    `insert into sagaline.outbox (entity, event_id, source, subject, body) values ('e', 'i', '/s', 'evt.a', '')`,
    [...OWNER, ...WORKERS],
  ],
  // A row names its writer by itself.
  [
    `insert into sagaline.outbox (entity, event_id, source, subject, body, written_by)
     values ('e', 'i', '/s', 'evt.a', '', 'another')`,
    OWNER,
  ],
  [`update sagaline.outbox set written_by = 'another'`, OWNER],
  ['update sagaline.outbox set published_at = now()', [...OWNER, 'relay', 'operator']],
  [`update sagaline.outbox set decided_by = 'me'`, [...OWNER, 'operator']],
  [`update sagaline.outbox set body = ''`, OWNER],
  [`update sagaline.outbox set subject = 'evt.forged'`, OWNER],
  ['delete from sagaline.outbox', [...OWNER, 'relay']],
  ['truncate sagaline.outbox', OWNER],
  ['select from sagaline.migrations_effects', OWNER],
  ['delete from sagaline.migrations_effects', OWNER],
  // Who encrypts personal fields finds and makes data keys; the operator alone destroys them. What is refused to everybody of the
  // audit is in test/engine/e2e/audit.
  ['select from sagaline.data_keys', [...OWNER, 'gateway', 'operator', 'console', 'subscriber', ...WORKERS]],
  ['update sagaline.data_keys set wrapped = null', [...OWNER, 'operator']],
  ['delete from sagaline.data_keys', OWNER],
  [
    'update sagaline.data_key_uses set used_at = now()',
    [...OWNER, 'gateway', 'operator', 'console', ...WORKERS],
  ],
  ['delete from sagaline.data_key_uses', [...OWNER, 'relay']],
  // Positions of batch subscriptions: the subscriber moves them, and nobody removes one.
  ['select from sagaline.subscription_lanes', [...OWNER, 'subscriber', 'operator']],
  [`insert into sagaline.subscription_lanes (subscription, lane) values ('s', 0)`, [...OWNER, 'subscriber']],
  ['update sagaline.subscription_lanes set sequence = 1', [...OWNER, 'subscriber', 'operator']],
  ['update sagaline.subscription_lanes set sequence = 1, holder = null', [...OWNER, 'subscriber']],
  [`update sagaline.subscription_lanes set subscription = 'another'`, OWNER],
  ['delete from sagaline.subscription_lanes', OWNER],
  ['delete from sagaline.subscription_members', [...OWNER, 'subscriber']],
  // Paused providers: workers read them, operators change them.
  ['select from sagaline.paused_providers', [...OWNER, 'operator', 'console', ...WORKERS]],
  [
    `insert into sagaline.paused_providers (provider, paused_by, paused_why, paused_at, paused_until)
     values ('p', 'a', 'w', now(), now())
     on conflict (provider) do update set paused_until = excluded.paused_until`,
    [...OWNER, 'operator', 'console'],
  ],
  [`update sagaline.paused_providers set provider = 'another'`, OWNER],
  ['delete from sagaline.paused_providers', [...OWNER, 'operator', 'console']],
  ['truncate sagaline.paused_providers', OWNER],
  ['select from sagaline.audit', [...OWNER, 'operator', 'console', 'codec-server']],
  [
    `insert into sagaline.audit (actor, verified, kind, action, target, details)
     values ('a', true, 'read', 'a', 't', '{}')`,
    [...OWNER, 'operator', 'console', 'codec-server'],
  ],
  // Tables of the domain: a pool has its own, and reads what it is given.
  ['select from orders.orders', [...OWNER, 'relay', ORDERS]],
  [
    `insert into orders.orders (order_id, opened_by, customer_id, state, amount, currency) values ('o', 'r', 'c', 'placing', 1, 'EUR')`,
    [...OWNER, ORDERS],
  ],
  [`update orders.orders set state = 'completed'`, [...OWNER, ORDERS]],
  ['delete from orders.orders', [...OWNER, ORDERS]],
  ['truncate orders.orders', OWNER],
  ['select from orders.timeline', [...OWNER, ORDERS, 'subscriber', 'operator']],
  ['delete from orders.timeline', [...OWNER, ORDERS, 'subscriber', 'operator']],
  [`select nextval('orders.timeline_rebuilds')`, [...OWNER, ORDERS, 'subscriber', 'operator']],
  [`select setval('orders.timeline_rebuilds', 1)`, OWNER],
  ['select from inventory.stock', [...OWNER, INVENTORY]],
  ['update inventory.stock set on_hand = on_hand', [...OWNER, INVENTORY]],
  ['select from inventory.reservations', [...OWNER, INVENTORY, ORDERS]],
  [`update inventory.reservations set state = 'released'`, [...OWNER, INVENTORY]],
  ['select from inventory.demand', [...OWNER, INVENTORY]],
  ['select from payments.payments', [...OWNER, PAYMENTS, ORDERS]],
  [`update payments.payments set state = 'refunded'`, [...OWNER, PAYMENTS]],
  ['delete from payments.payments', [...OWNER, PAYMENTS]],
  ['select from logistics.shipments', [...OWNER, SHIPPING, ORDERS]],
  [`update logistics.shipments set tracking_number = 'x'`, [...OWNER, SHIPPING]],
  ['select from notifications.messages', [...OWNER, NOTIFICATIONS]],
  [
    `insert into notifications.messages (key, order_id, recipient, template, "values") values ('k', 'o', 'r', 't', '{}')`,
    [...OWNER, NOTIFICATIONS],
  ],
  [`update notifications.messages set recipient = 'thief'`, OWNER],
  ['delete from notifications.messages', OWNER],
  // Nobody but the owner makes, changes or drops anything.
  ['create schema mine', OWNER],
  ['create table public.mine ()', OWNER],
  ['create table orders.mine ()', OWNER],
  ['create table sagaline.mine ()', OWNER],
  ['create temporary table mine ()', OWNER],
  ['create view orders.mine as select 1', OWNER],
  ['create function orders.mine() returns int language sql as $$ select 1 $$', OWNER],
  ['alter table sagaline.effects drop column request', OWNER],
  ['alter table inventory.reservations disable trigger all', NOBODY],
  ['alter table payments.payments owner to current_user', OWNER],
  ['create index on sagaline.effects (state)', OWNER],
  [
    'create trigger mine before insert on sagaline.effects execute function suppress_redundant_updates_trigger()',
    OWNER,
  ],
  ['drop table sagaline.outbox', OWNER],
  ['drop schema orders cascade', OWNER],
  ['create publication mine', OWNER],
  // Nobody, the owner included, reaches the server, its files or its programs.
  [`copy (select 1) to program 'cat > /dev/null'`, NOBODY],
  [`copy sagaline.applied_events from program 'true'`, NOBODY],
  [`copy (select 1) to '/dev/null'`, NOBODY],
  [`copy sagaline.applied_events from '/dev/null'`, NOBODY],
  [`select pg_read_file('PG_VERSION')`, NOBODY],
  [`select pg_read_binary_file('PG_VERSION')`, NOBODY],
  [`select pg_ls_dir('.')`, NOBODY],
  [`select pg_stat_file('PG_VERSION')`, NOBODY],
  [`select lo_import('PG_VERSION')`, NOBODY],
  ['select lo_create(0)', NOBODY],
  [`select lo_from_bytea(0, 'x')`, NOBODY],
  ['select from pg_authid', NOBODY],
  ['select passwd from pg_shadow', NOBODY],
  ['create role mine superuser', NOBODY],
  ['alter role current_user superuser', NOBODY],
  ['alter role current_user bypassrls', NOBODY],
  ['set session authorization postgres', NOBODY],
  ['set role postgres', NOBODY],
  ['grant pg_execute_server_program to current_user', NOBODY],
  ['grant pg_read_all_data to current_user', NOBODY],
  ['set session_replication_role = replica', NOBODY],
  [`set log_statement = 'none'`, NOBODY],
  ['create access method mine type table handler heap_tableam_handler', NOBODY],
  [
    `create function orders.mine() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler'`,
    NOBODY,
  ],
  ['create foreign data wrapper mine', NOBODY],
  ['create extension dblink schema public', NOBODY],
  ['create extension file_fdw schema public', NOBODY],
  ['create extension hstore schema public', OWNER],
  ['checkpoint', NOBODY],
  ['select pg_switch_wal()', NOBODY],
  ['select pg_reload_conf()', NOBODY],
];

/** They refuse to run in a transaction before anything else is checked; the superuser is not asked. */
const ALONE = ['create database mine', 'alter system set fsync = off', 'drop database postgres'];

/** PostgreSQL's "insufficient_privilege". */
const DENIED = '42501';

jest.setTimeout(60_000);

const app = loadApp();
let server: TestPostgres;
let database: RoleDatabase;
beforeAll(async () => {
  server = await startTestPostgres({ superuser: true });
  await sql(server.url, 'create database other');
  await sql(server.url, 'revoke all on database other, postgres, template1 from public');
  database = await roleDatabase(server.url, app);
});
afterAll(() => server.stop());

async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** `true`, or why not: anything else than a missing right is an error of the test. */
async function outcome(client: Client, statement: string, alone = false): Promise<true | string> {
  try {
    if (!alone) await client.query('begin');
    await client.query(statement);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? '';
    throw error;
  } finally {
    if (!alone) await client.query('rollback');
  }
}

test('the matrix is about every role that logs in', () => {
  expect([...database.roles].sort()).toEqual([...ROLES].sort());
});

test.each(ROLES)('%s', async (role) => {
  const found = await connected(database.urlOf(role), async (client) => {
    const outcomes: Record<string, true | string> = {};
    for (const [statement] of MATRIX) outcomes[statement] = await outcome(client, statement);
    for (const statement of ALONE) outcomes[statement] = await outcome(client, statement, true);
    return outcomes;
  });
  expect(found).toEqual({
    ...Object.fromEntries(
      MATRIX.map(([statement, allowed]) => [statement, allowed.includes(role) || DENIED]),
    ),
    ...Object.fromEntries(ALONE.map((statement) => [statement, DENIED])),
  });
});

test('a superuser, as the one user was before, gets through with all of it', async () => {
  const found = await connected(server.url, async (client) => {
    const refused: string[] = [];
    for (const [statement] of MATRIX) {
      const result = await outcome(client, statement);
      if (result !== true) refused.push(`${statement}: ${result}`);
    }
    return refused;
  });
  expect(found).toEqual([]);
});

test.each(ROLES.filter((role) => role !== 'owner'))(
  '%s becomes nobody else, and enters no other database',
  async (role) => {
    await connected(database.urlOf(role), async (client) => {
      for (const other of database.roles.filter((each) => each !== role)) {
        const name = new URL(database.urlOf(other)).username;
        expect([other, await outcome(client, `set role ${name}`)]).toEqual([other, DENIED]);
        expect([other, await outcome(client, `alter role ${name} password 'mine'`)]).toEqual([other, DENIED]);
        expect([other, await outcome(client, `grant ${name} to current_user`)]).toEqual([other, DENIED]);
      }
    });
    const elsewhere = database.urlOf(role).replace(/\/[^/]*$/, '/other');
    await expect(connected(elsewhere, () => Promise.resolve())).rejects.toHaveProperty('code', DENIED);
  },
);

describe('a deploy', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'sagaline-migrations-'))));
  afterEach(() => rm(folder, { recursive: true }));

  test('a table that a migration adds is its pool’s at once; rights that were given by hand are taken back', async () => {
    await mkdir(path.join(folder, 'more'));
    await writeFile(
      path.join(folder, 'more', '1790000000000_returns.sql'),
      '-- Up Migration\n\ncreate table inventory.returns (sku text primary key);\n',
    );
    const read = (role: string) =>
      connected(database.urlOf(role), (client) => outcome(client, 'select from inventory.returns'));
    const grown = { migrations: { ...app.migrations, more: path.join(folder, 'more') } };
    await sql(
      database.urlOf('owner'),
      `grant select on orders.orders to ${new URL(database.urlOf('subscriber')).username}`,
      `grant update (amount) on payments.payments to ${new URL(database.urlOf(SHIPPING)).username}`,
    );
    await Promise.all([database.provision(grown), database.provision(grown)]);
    expect(await read(INVENTORY)).toBe(true);
    expect(await read(ORDERS)).toBe(DENIED);
    expect(
      await connected(database.urlOf('subscriber'), (client) => outcome(client, 'select from orders.orders')),
    ).toBe(DENIED);
    expect(
      await connected(database.urlOf(SHIPPING), (client) =>
        outcome(client, 'update payments.payments set amount = 1'),
      ),
    ).toBe(DENIED);
  });

  test('a table that no migration makes is named', async () => {
    const wrong = {
      databaseAccess: { ...app.databaseAccess, 'orders.ordres': { relay: 'read' as const } },
    };
    await expect(database.provision(wrong)).rejects.toThrow(
      'databaseAccess: no migration makes "orders.ordres"; correct its name',
    );
  });
});
