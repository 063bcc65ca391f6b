// Migrates a database and grants rights, as `sagaline provision` does, without the other servers. A process of its own: jest cannot
// load node-pg-migrate. Arguments: owner's address, prefix of the roles, folder of the project, changes of the project as JSON.
import { grantRights } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import type { LoadedApp } from '../../src/runtime/app';
import { loadApp } from '../../src/runtime/load';
import { migrationsOf, tablesOf } from '../../src/runtime/migrations';
import { silentLog } from './log';

async function main([
  owner = '',
  prefix = '',
  folder = '',
  changes = '{}',
]: readonly string[]): Promise<void> {
  const app = { ...loadApp(folder), ...(JSON.parse(changes) as Partial<LoadedApp>) };
  await migrate(owner, migrationsOf(app), silentLog);
  await grantRights(owner, { prefix, tables: tablesOf(app), log: silentLog });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
