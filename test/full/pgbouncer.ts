/**
 * The whole shop with PgBouncer in transaction mode between it and PostgreSQL: the demo's cases, and what is said where a
 * session is needed. `npm run test:full -- pgbouncer`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OPERATOR_SETTINGS, ownStackSettings } from '../../demo/local-settings';
import { openShop } from '../../demo/shop';
import { openSession } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import { startLocal } from '../../src/runtime/local';
import { loadApp } from '../../src/runtime/load';
import { migrationsOf } from '../../src/runtime/migrations';
import { silentLog } from '../support/log';
import { startTestPostgres } from '../support/postgres-servers';
import { sql } from '../support/stack';
import { startPooler } from './pgbouncer/pooler';
import { runDemoCases } from './temporal-server/demo-cases';

/** PgBouncer is one hop more, and few server connections serve all. */
const PATIENCE = 2;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const postgres = await startTestPostgres();
  const pooler = await startPooler(postgres.url);
  const sessions = await startPooler(postgres.url, 'session');
  try {
    const problems = [
      ...(await sessionProblems(pooler.url, sessions.url)),
      ...(await shopProblems(pooler.url, postgres.url)),
      ...(await leftoverProblems(postgres.url)),
    ];
    for (const problem of problems) say(`NOT OK: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await sessions.stop();
    await pooler.stop();
    await postgres.stop();
  }
}

/** A lock through the pooler would protect nothing: it is refused, by name; a pool in session mode is as good as none. */
async function sessionProblems(pooled: string, sessionMode: string): Promise<string[]> {
  const open = (url: string) =>
    openSession({ url, name: 'probe' }).then(
      (session) => session.end().then(() => 'opened'),
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  const migrated = await migrate(pooled, migrationsOf(loadApp()), silentLog).then(
    () => 'migrated',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
  const seen = {
    'a session through the transaction pooler': [await open(pooled), 'TransactionPoolerError'],
    'migrations through the transaction pooler': [migrated, 'TransactionPoolerError'],
    'a session through the session pooler': [await open(sessionMode), 'opened'],
  };
  return Object.entries(seen).flatMap(([what, [is, should]]) => {
    say(`${what}: ${is ?? ''}`);
    return is === should ? [] : [`${what}: ${is ?? ''}, should be ${should ?? ''}`];
  });
}

async function shopProblems(pooled: string, direct: string): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-full-pgbouncer-'));
  try {
    const local = await startLocal({
      app: loadApp(),
      settings: {
        ...(await ownStackSettings(folder)),
        ...OPERATOR_SETTINGS,
        DATABASE_URL: pooled,
        DATABASE_DIRECT_URL: direct,
      },
      log: say,
    });
    try {
      const shop = await openShop(local, { patience: PATIENCE });
      try {
        return await runDemoCases(shop, say);
      } finally {
        await shop.close();
      }
    } finally {
      await local.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A server connection that PgBouncer still holds must be as PostgreSQL made it. */
async function leftoverProblems(direct: string): Promise<string[]> {
  const held = await sql(
    direct,
    `select pid from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
  );
  return held.length === 0 ? [] : [`${held.length} advisory locks are left in server connections`];
}

void main();
