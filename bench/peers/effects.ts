// The effect of a step, the same on every side: one row in our own PostgreSQL, in its own transaction.
import { Client } from 'pg';
import { connectDatabase } from '../../src/adapters/postgres';
import { STEPS } from './steps';

/** Connections that the steps of one side may use. */
const POOL_SIZE = 20;

const TABLE = `
  create schema if not exists peers;
  create table if not exists peers.effects (
    saga text not null,
    step text not null,
    primary key (saga, step)
  )`;

/** The steps' effects in PostgreSQL. */
export interface Effects {
  /** Safe to repeat: on every side a step that was done but not recorded is done again. */
  apply(saga: string, step: string): Promise<void>;
  compensate(saga: string, step: string): Promise<void>;
  /** The sagas of the given ones whose last step is done. */
  finished(sagas: readonly string[]): Promise<string[]>;
  end(): Promise<void>;
}

export function openEffects(url: string, name: string): Effects {
  const silent = () => undefined;
  const log = { info: silent, warn: silent, error: silent };
  const database = connectDatabase({ url, poolSize: POOL_SIZE, name, log });
  return {
    apply: async (saga, step) => {
      await database.query('insert into peers.effects (saga, step) values ($1, $2) on conflict do nothing', [
        saga,
        step,
      ]);
    },
    compensate: async (saga, step) => {
      await database.query('delete from peers.effects where saga = $1 and step = $2', [saga, step]);
    },
    finished: async (sagas) => {
      const rows = await database.query<{ saga: string }>(
        'select saga from peers.effects where saga = any($1) and step = $2',
        [sagas, STEPS.at(-1)],
      );
      return rows.map(({ saga }) => saga);
    },
    end: () => database.end(),
  };
}

/** The table of effects, for the program that controls the rounds. */
export interface EffectsTable {
  /** The number of sagas in it, and the number of their steps. */
  count(): Promise<{ sagas: number; steps: number }>;
  /** Empties it, and does the clean-up that PostgreSQL would do later: no side pays for the work of another. */
  clear(): Promise<void>;
  /** `on`, unless the server's own default was changed. */
  synchronousCommit(): Promise<string>;
  end(): Promise<void>;
}

export async function openEffectsTable(url: string): Promise<EffectsTable> {
  const silent = () => undefined;
  const log = { info: silent, warn: silent, error: silent };
  const database = connectDatabase({ url, poolSize: 1, name: 'bench', log });
  await database.query(TABLE);
  return {
    count: async () => {
      const [row] = await database.query<{ sagas: number; steps: number }>(
        'select count(distinct saga)::int as sagas, count(*)::int as steps from peers.effects',
      );
      return row ?? { sagas: 0, steps: 0 };
    },
    clear: async () => {
      await database.query('truncate peers.effects');
      // Refused inside of a transaction, where every query of `Database` is.
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query('vacuum analyze');
      } finally {
        await client.end();
      }
    },
    synchronousCommit: async () => {
      const [row] = await database.query<{ synchronous_commit: string }>('show synchronous_commit');
      return row?.synchronous_commit ?? 'unknown';
    },
    end: () => database.end(),
  };
}
