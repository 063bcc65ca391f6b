import type { MigrationState } from '../../adapters/postgres';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, problem } = findingsOf('migrations');

export function checkMigrations(states: readonly MigrationState[]): Finding[] {
  const findings = states.flatMap(({ set, pending, unknown }) => [
    ...(pending.length === 0
      ? []
      : [
          problem({
            ...{ code: 'migration-pending', where: `sagaline.migrations_${set}` },
            what: `${pending.length} migrations are not applied: ${pending.join(', ')}`,
            remedy: '"npx sagaline provision"; outside of production also "npx sagaline doctor --fix"',
          }),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          problem({
            ...{ code: 'migration-unknown', where: `sagaline.migrations_${set}` },
            what: `the database is newer than this code, which does not have ${unknown.join(', ')}`,
            remedy: 'deploy the code that has these migrations; this one may not work with the tables',
          }),
        ]),
  ]);
  return findings.length > 0 ? findings : [ok('DATABASE_URL', 'all migrations are applied')];
}
