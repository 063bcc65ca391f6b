import type { Transaction } from '../../../src/adapters/postgres';
import type { Lanes } from '../../../src/subscriptions/batch/ports';
import { LaneLostError } from '../../../src/subscriptions/batch/ports';

interface Row {
  sequence: number;
  stream: string | undefined;
  holder: string | undefined;
  heldUntil: number;
}

const LEASE_MS = 10_000;

/** Lanes in memory, with a clock of their own. A transaction records what it was asked, and keeps it if it commits. */
export function fakeLanes(subscription: string, count: number) {
  const rows = Array.from({ length: count }, (): Row => ({
    sequence: 0,
    stream: undefined,
    holder: undefined,
    heldUntil: 0,
  }));
  const members = new Map<string, number>();
  const committed: (readonly [text: string, values: readonly unknown[] | undefined])[] = [];
  let now = 0;

  const own = (member: string, lane: number, from: number): Row => {
    const row = rows[lane];
    if (row?.holder !== member || row.sequence !== from) throw new LaneLostError(subscription, lane);
    return row;
  };

  const lanes: Lanes = {
    attend: (member) => {
      members.set(member, now + LEASE_MS);
      for (const [each, until] of members) if (until < now) members.delete(each);
      const share = Math.ceil(count / members.size);
      let mine = 0;
      for (const row of rows) {
        if (row.holder !== member) continue;
        row.heldUntil = now + LEASE_MS;
        mine++;
      }
      for (const row of rows) {
        if (mine >= share || (row.holder !== undefined && row.heldUntil >= now)) continue;
        Object.assign(row, { holder: member, heldUntil: now + LEASE_MS });
        mine++;
      }
      return Promise.resolve({
        mine: rows.flatMap(({ sequence, stream, holder }, lane) =>
          holder === member ? [{ lane, sequence, stream }] : [],
        ),
        share,
      });
    },
    giveBack: (member, lane) => {
      const row = rows[lane];
      if (row?.holder === member) row.holder = undefined;
      return Promise.resolve();
    },
    leave: (member) => {
      members.delete(member);
      for (const row of rows) if (row.holder === member) row.holder = undefined;
      return Promise.resolve();
    },
    advance: async ({ member, lane, from, to }, work) => {
      own(member, lane, from);
      const written: typeof committed = [];
      await work({
        query: (text, values) => {
          written.push([text, values]);
          return Promise.resolve([]);
        },
      } satisfies Transaction);
      // As after the wait for the row's lock.
      Object.assign(own(member, lane, from), { sequence: to, heldUntil: now + LEASE_MS });
      committed.push(...written);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- its error must be a rejection
    rewind: async ({ member, lane, from, to }, stream) => {
      Object.assign(own(member, lane, from), { sequence: to, stream });
    },
  };
  return { lanes, committed, pass: (ms: number) => void (now += ms) };
}
