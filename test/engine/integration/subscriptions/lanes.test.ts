// The lanes of batch subscriptions in PostgreSQL.
import { randomUUID } from 'node:crypto';
import { createPostgresLanes } from '../../../../src/subscriptions/batch/lanes.postgres';
import { lanesConform } from '../../../support/conformance/lanes';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.database.query('create table public.written (id serial, text text)');
});
afterAll(() => db.end());

lanesConform(async (count) => {
  const { database } = db;
  const subscription = `s-${randomUUID()}`;
  await database.query('truncate public.written');
  return {
    lanes: createPostgresLanes(database, subscription, count),
    expire: async (member) => {
      await database.query(
        `update sagaline.subscription_lanes set held_until = now() - interval '1 second'
          where subscription = $1 and holder = $2`,
        [subscription, member],
      );
      await database.query(
        `update sagaline.subscription_members set seen_until = now() - interval '1 second'
          where subscription = $1 and member = $2`,
        [subscription, member],
      );
    },
    written: async () =>
      (await database.query<{ text: string }>('select text from public.written order by id')).map(
        ({ text }) => text,
      ),
    write: 'insert into public.written (text) values ($1)',
  };
});
