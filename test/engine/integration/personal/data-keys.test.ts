// The data keys in PostgreSQL: one for a data subject, however many processes meet it first; master keys are exchanged under it.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeyFile } from '../../../../src/security/codec';
import {
  createDataKeys,
  createUsesPruning,
  eraseSubject,
  findSubject,
  KEPT_MS,
  rewrapKeys,
} from '../../../../src/security/personal';
import { MasterKeyError } from '../../../../src/security/personal/wrap';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { keyLine, secretFile } from '../../../support/payload-keys';

/** Longer than a key takes that nothing holds back. */
const MEETING_MS = 300;
const KEYS = { setting: 'PERSONAL_DATA_KEYS_FILE' };
const [first, second] = [keyLine('2026-11'), keyLine('2027-02')];
const file = secretFile(first);
/** A process of its own, with nothing in memory. */
const keysNow = (database = records.database, lines = file) =>
  createDataKeys(database, openKeyFile(lines, KEYS));

let records: TestDatabase;
beforeAll(async () => {
  records = await createTestDatabase();
});
afterAll(() => records.end());

const erasure = (subject: string) => ({ subject, by: 'tester', why: 'a test' });
const nobodyOpen = () => Promise.resolve([]);

test('twenty processes at once make one key, and note each process that has got data', async () => {
  const stores = Array.from({ length: 20 }, () => keysNow());
  const keys = await Promise.all(stores.map((store, at) => store.forProcess('c-1', `order-${at % 4}`)));
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  expect(new Set(keys.map(({ bytes }) => bytes.toString('hex'))).size).toBe(1);
  const [{ id } = { id: '' }] = keys;
  expect(await keysNow().find(id)).toEqual(keys[0]);
  const { processes } = await findSubject(records.database, 'c-1');
  expect([...processes].sort()).toEqual(['order-0', 'order-1', 'order-2', 'order-3']);
});

test('uses of processes that nobody needs any more are forgotten, portion by portion', async () => {
  const keys = keysNow();
  const { id } = await keys.forProcess('c-old', 'order-open');
  await records.database.query(
    `insert into sagaline.data_key_uses (key_id, process, used_at)
     select $1, 'order-old-' || lpad(n::text, 5, '0'), now() - interval '200 days' from generate_series(1, 2100) n`,
    [id],
  );
  const dayMs = 24 * 60 * 60_000;
  const asked: string[] = [];
  const portion = createUsesPruning(records.database, {
    before: () => new Date(Date.now() - 180 * dayMs),
    stillNeeded: (processes) => {
      asked.push(...processes);
      return Promise.resolve(new Set(processes.filter((process) => process.endsWith('7'))));
    },
  });
  expect([await portion(), await portion(), await portion()]).toEqual([true, true, false]);
  expect(new Set(asked).size).toBe(2_100);
  expect(asked).toHaveLength(2_100);
  const { processes } = await findSubject(records.database, 'c-old');
  expect(processes).toHaveLength(210 + 1);
  expect(processes).toContain('order-open');
  expect(await portion()).toBe(false);
});

test('the database has no key in clear, and another master key opens none', async () => {
  const key = await keysNow().forProcess('c-2', 'order-9');
  const rows = await records.database.query('select * from sagaline.data_keys where id = $1', [key.id]);
  const { wrapped } = rows[0] as { wrapped: Buffer };
  expect(wrapped.includes(key.bytes)).toBe(false);
  await expect(keysNow(records.database, secretFile(keyLine('2026-11'))).find(key.id)).rejects.toThrow(
    MasterKeyError,
  );
});

test('a destroyed key is gone for every process within a minute; an event at the same time gets a new one', async () => {
  let now = 0;
  const running = createDataKeys(records.database, openKeyFile(file, KEYS), { now: () => now });
  const key = await running.forProcess('c-3', 'order-1');
  const refused = await eraseSubject(records.database, erasure('c-3'), (open) => Promise.resolve(open));
  expect(refused).toEqual({ kind: 'open', open: ['order-1'] });
  expect(await keysNow().find(key.id)).toEqual(key);

  const meetings: ReturnType<typeof running.forProcess>[] = [];
  const erased = await eraseSubject(records.database, erasure('c-3'), async () => {
    // The key is locked now: who meets the data subject waits.
    const meeting = keysNow().forProcess('c-3', 'order-2');
    meetings.push(meeting);
    await Promise.race([meeting, sleep(MEETING_MS)]);
    return [];
  });
  const [next] = await Promise.all(meetings);
  expect(erased).toMatchObject({ kind: 'erased', keyIds: [key.id] });
  expect(next?.id).not.toBe(key.id);

  expect(await keysNow().find(key.id)).toBe('erased');
  expect(await running.find(key.id)).toEqual(key);
  now = KEPT_MS;
  expect(await running.find(key.id)).toBe('erased');
  const { keys } = await findSubject(records.database, 'c-3');
  expect(keys).toMatchObject([{ id: key.id, destroyedBy: 'tester' }, { id: next?.id }]);
});

test('a key that nobody has made is unknown', async () => {
  expect(await keysNow().find('0f8fad5b-d9cb-469f-a165-70867728950e')).toBe('unknown');
});

test('master keys are exchanged: all keys are rewrapped, and the old one may go', async () => {
  const key = await keysNow().forProcess('c-4', 'order-1');
  await eraseSubject(records.database, erasure('c-1'), nobodyOpen);
  writeFileSync(file, `${second}\n${first}\n`);
  expect(await rewrapKeys(records.database, openKeyFile(file, KEYS))).toBeGreaterThan(1);
  expect(await rewrapKeys(records.database, openKeyFile(file, KEYS))).toBe(0);
  writeFileSync(file, `${second}\n`);
  expect(await keysNow().find(key.id)).toEqual(key);
});
