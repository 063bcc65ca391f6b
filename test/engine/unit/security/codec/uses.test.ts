import type { CodecUse } from '../../../../../src/security/codec/server';
import type { RecordedUse } from '../../../../../src/security/codec/uses';
import { recordUses } from '../../../../../src/security/codec/uses';

let time: number;
let recorded: RecordedUse[];
let isAway: boolean;
const open = () =>
  recordUses(
    (use) => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(recorded.push(use))),
    () => time,
  );
const use = (owner: string, payloads = 1): CodecUse => ({ owner, action: 'codec.decode', payloads });

beforeEach(() => {
  [time, recorded, isAway] = [0, [], false];
});

test('the first use of an owner is recorded at once, the others of the minute with the next record', async () => {
  const uses = open();
  for (const each of [use('ada', 3), use('bob'), use('ada', 5), use('ada', 7)]) await uses.record(each);
  const first = [
    { ...use('ada', 3), requests: 1 },
    { ...use('bob'), requests: 1 },
  ];
  expect(recorded).toEqual(first);
  time = 60_000;
  await uses.record(use('ada', 2));
  expect(recorded).toEqual([...first, { ...use('ada', 14), requests: 3 }]);
});

test('what was only counted is recorded at the end', async () => {
  const uses = open();
  for (const payloads of [1, 4, 5]) await uses.record(use('ada', payloads));
  await uses.flush();
  await uses.flush();
  expect(recorded.slice(1)).toEqual([{ ...use('ada', 9), requests: 2 }]);
});

test('a use that cannot be recorded is refused, and so are those that wait for it; nothing that was counted is lost', async () => {
  const uses = open();
  for (const payloads of [1, 4]) await uses.record(use('ada', payloads));
  isAway = true;
  time = 60_000;
  const refused = await Promise.allSettled([
    uses.record(use('ada')),
    uses.record(use('ada')),
    uses.record(use('bob')),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  isAway = false;
  await uses.record(use('ada', 2));
  expect(recorded.slice(1)).toEqual([{ ...use('ada', 6), requests: 2 }]);
});
