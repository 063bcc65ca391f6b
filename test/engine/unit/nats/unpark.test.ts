import { NotPublishedError } from '../../../../src/adapters/nats';
import type { ParkedDeadLetter } from '../../../../src/adapters/nats/dead-letters/overflow';
import { createUnparker } from '../../../../src/adapters/nats/dead-letters/unparker';
import type { DeadLetter } from '../../../../src/delivery';
import { rememberingLog } from '../../../support/log';
import { messageTooLarge } from '../../../support/fakes/nats-errors';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Parked dead letters, and a stream with so much room. A dead letter's size is its event's. */
function underTest({ room = 1_000, refuses = [] as string[], scan = 1_000 } = {}) {
  let parked: (ParkedDeadLetter & { size: number })[] = [];
  let note = 0;
  let now = 0;
  const state = { room, refuses };
  const published: string[] = [];
  const tried: string[] = [];
  const log = rememberingLog();
  const keyOf = (subject: string) => subject.split('.').at(-1) ?? '';
  const park = (key: string, size: number) => {
    note++;
    const subject = `evt.pings.pinged.v2.${key}`;
    const common = { deliveryCount: 1, storedAt: new Date(0), reason: 'late' as const, detail: 'too late' };
    parked.push({ ...common, note, sequence: 100 + note, subject, size });
  };
  const pass = createUnparker({
    next: (from) => Promise.resolve(parked.find((each) => each.note >= from)),
    event: (sequence) => {
      const body = new Uint8Array(parked.find((each) => each.sequence === sequence)?.size ?? 0);
      const message = { sequence, subject: '', headers: {}, body, storedAt: new Date(0) };
      return Promise.resolve(message as never);
    },
    publish: ({ delivery: { subject, body } }: DeadLetter) => {
      const key = keyOf(subject);
      tried.push(key);
      if (state.refuses.includes(key)) {
        const cause = messageTooLarge();
        return Promise.reject(new NotPublishedError(subject, 'refused', { cause }));
      }
      if (body.byteLength > state.room) {
        return Promise.reject(new NotPublishedError(subject, 'full', { cause: undefined }));
      }
      state.room -= body.byteLength;
      published.push(key);
      return Promise.resolve();
    },
    remove: (gone) => {
      parked = parked.filter((each) => each.note !== gone);
      return Promise.resolve();
    },
    log,
    now: () => now,
    scan,
  });
  const { signal } = new AbortController();
  return {
    ...{ park, published, tried, log, state },
    pass: () => pass(signal),
    parked: () => parked.map(({ subject }) => keyOf(subject)),
    /** A pass every five seconds for as long. */
    passesFor: async (ms: number) => {
      for (const end = now + ms; now < end; now += 5_000) await pass(signal);
    },
  };
}

test('a dead letter that is refused for good is told once, is tried less and less often, and stays parked', async () => {
  const under = underTest({ refuses: ['a'] });
  under.park('a', 10);
  under.park('b', 10);
  await under.passesFor(DAY);
  expect(under.published).toEqual(['b']);
  expect(under.parked()).toEqual(['a']);
  const tries = under.tried.filter((key) => key === 'a').length;
  expect(tries).toBeGreaterThan(20);
  expect(tries).toBeLessThan(40);
  expect(under.log.lines).toMatchObject([
    { level: 'error', fields: { note: 1, sequence: 101, tooLarge: true } },
  ]);
  // No stack: the line says what there is to know.
  expect(under.log.lines[0]?.fields).not.toHaveProperty('err');
});

test('it goes on by itself when the stream takes it', async () => {
  const under = underTest({ refuses: ['a'] });
  under.park('a', 10);
  await under.passesFor(HOUR);
  under.state.refuses = [];
  await under.passesFor(2 * HOUR);
  expect([under.published, under.parked()]).toEqual([['a'], []]);
});

test('each of several is told', async () => {
  const under = underTest({ refuses: ['a', 'b'] });
  under.park('a', 10);
  under.park('b', 10);
  await under.passesFor(MINUTE);
  expect(under.log.lines.map(({ fields }) => 'note' in fields && fields.note)).toEqual([1, 2]);
});

test('what fits goes on past a dead letter that does not; dead letters of one key keep their order', async () => {
  const under = underTest({ room: 100 });
  under.park('large', 500);
  under.park('a', 30);
  under.park('large', 10);
  under.park('b', 30);
  await under.pass();
  expect(under.published).toEqual(['a', 'b']);
  expect(under.parked()).toEqual(['large', 'large']);
  under.state.room = 1_000;
  await under.pass();
  expect(under.published).toEqual(['a', 'b', 'large', 'large']);
});

test('what is no smaller than one that does not fit is not tried', async () => {
  const under = underTest({ room: 0 });
  for (let n = 0; n < 50; n++) under.park(`k-${n}`, 100);
  expect(await under.pass()).toBe(0);
  expect(under.tried).toEqual(['k-0']);
});

test('a pass past a dead letter that does not fit is bounded, and the next one continues', async () => {
  const under = underTest({ room: 50, scan: 3 });
  for (let n = 0; n < 7; n++) under.park(`large-${n}`, 100);
  under.park('small', 10);
  await under.pass();
  expect(under.published).toEqual([]);
  await under.pass();
  await under.pass();
  expect(under.published).toEqual(['small']);
});

test('it stops where the stream does not answer', async () => {
  const under = underTest();
  const gone = new NotPublishedError('dlq', 'no-stream', { cause: undefined });
  const pass = createUnparker({
    next: (from) =>
      Promise.resolve(
        from === 1 ? ({ note: 1, sequence: 1, subject: 'evt.a.b.v1.c' } as ParkedDeadLetter) : undefined,
      ),
    event: () => Promise.resolve(undefined),
    publish: () => Promise.reject(gone),
    remove: () => Promise.reject(new Error('nothing is to be removed')),
    log: under.log,
    now: () => 0,
  });
  expect(await pass(new AbortController().signal)).toBe(0);
  expect(under.log.lines).toEqual([]);
});
