import type { Transaction } from '../adapters/postgres';
import type { Pause } from './pause';
import type { PauseStore } from './store';

interface Row {
  readonly name: string;
  readonly by: string;
  readonly why: string;
  readonly since: Date;
  readonly until: Date;
}

/** Keeps the paused providers in PostgreSQL, where the workers read them. */
export function createProviderStore(database: Pick<Transaction, 'query'>): PauseStore {
  return {
    list: async () => {
      const rows = await database.query<Row>(
        `select provider as name, paused_by as by, paused_why as why, paused_at as since, paused_until as until
           from sagaline.paused_providers order by provider`,
      );
      return rows.map(({ since, until, ...row }): Pause => ({
        ...{ kind: 'provider', ...row },
        ...{ since: since.toISOString(), until: until.toISOString() },
      }));
    },
    put: async ({ name, by, why, since, until }) => {
      await database.query(
        `insert into sagaline.paused_providers (provider, paused_by, paused_why, paused_at, paused_until)
           values ($1, $2, $3, $4, $5)
         on conflict (provider) do update
           set paused_by = excluded.paused_by, paused_why = excluded.paused_why,
               paused_at = excluded.paused_at, paused_until = excluded.paused_until`,
        [name, by, why, since, until],
      );
    },
    remove: async (name) => {
      await database.query('delete from sagaline.paused_providers where provider = $1', [name]);
    },
  };
}
