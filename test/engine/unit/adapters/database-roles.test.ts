// Roles of PostgreSQL: their names, their passwords, and who gets one.
import {
  loginRoles,
  longNames,
  passwordVariable,
  roleName,
  rolesScript,
  rolesSql,
  scramVerifier,
} from '../../../../src/adapters/postgres';
import { ENGINE_TABLES } from '../../../../src/adapters/postgres/access/rights';
import { databaseAccessProblems } from '../../../../src/runtime/app/database-access';

test('the verifier of a password is that of RFC 7677', () => {
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('only who has a right gets a login', () => {
  const pools = ['orders'];
  expect(loginRoles({ pools, access: {} })).toEqual([
    'gateway',
    'relay',
    'operator',
    'console',
    'codec-server',
    'worker:orders',
  ]);
  expect(loginRoles({ pools, access: { orders: { subscriber: 'read' } } })).toContain('subscriber');
});

test('nobody may empty, change or reference a table of the engine', () => {
  const rights = Object.values(ENGINE_TABLES).flatMap((roles) => Object.values(roles).flat());
  for (const right of rights) expect(right).toMatch(/^(select|insert|delete|(insert|update) \([\w, ]+\))$/);
});

test('names fit into PostgreSQL', () => {
  expect(roleName('shop', 'worker:cold-store')).toBe('shop_worker_cold_store');
  expect(passwordVariable('worker:cold-store')).toBe('WORKER_COLD_STORE_DATABASE_PASSWORD');
  expect(longNames('sagaline', ['worker:a', `worker:${'a'.repeat(50)}`])).toEqual([
    `sagaline_worker_${'a'.repeat(50)}`,
  ]);
});

test('the script has no password, and the SQL has those that it is given', () => {
  const project = { prefix: 'shop', roles: ['relay'] };
  expect(rolesScript(project)).toContain(`password :'relay_database_password';`);
  expect(rolesScript(project)).toContain('\\getenv owner_database_password OWNER_DATABASE_PASSWORD');
  expect(rolesSql(project, () => `'verifier'`)).toContain(`alter role "shop_relay" login nosuperuser`);
});

test('rights that cannot be granted are named', () => {
  const pools = { orders: {} } as unknown as Parameters<typeof databaseAccessProblems>[0]['pools'];
  const problems = (databaseAccess: Record<string, Record<string, 'read'>>) =>
    databaseAccessProblems({ pools, databaseAccess });
  expect(problems({ orders: { 'worker:orders': 'read' }, 'a_b.c': { relay: 'read' } })).toEqual([]);
  expect(problems({ 'Orders; drop': {} })).toEqual([
    'databaseAccess: "Orders; drop" must be a schema, or a table as schema.table',
  ]);
  expect(problems({ 'sagaline.outbox': { operator: 'read' } })).toEqual([
    'databaseAccess: "sagaline.outbox" is not the project\'s; remove it',
  ]);
  expect(problems({ orders: { 'worker:ordres': 'read' } })).toEqual([
    'databaseAccess: "orders" names "worker:ordres"; roles are gateway, bridge, subscriber, relay, operator, console, codec-server, worker:orders',
  ]);
});
