import type { Database, Transaction } from '../../adapters/postgres';
import type { LanePosition, Lanes } from './ports';
import { LaneLostError } from './ports';

/**
 * A killed member's lanes are free after this time. Longer than a few looks of a busy member, and about as long as the
 * server of the stream keeps what the killed member had.
 */
const LEASE = '10 seconds';

/**
 * The lanes of a subscription in PostgreSQL. Nothing is kept in a session, so it works through a transaction pooler.
 * A row that is locked is in use: nobody waits for it.
 */
export function createPostgresLanes(database: Database, subscription: string, count: number): Lanes {
  let areMade = false;

  async function makeOnce(): Promise<void> {
    if (areMade) return;
    await database.query(
      `insert into sagaline.subscription_lanes (subscription, lane)
       select $1, lane from generate_series(0, $2::int - 1) as lane on conflict do nothing`,
      [subscription, count],
    );
    areMade = true;
  }

  return {
    attend: async (member) => {
      await makeOnce();
      return database.transaction(async (tx) => {
        const share = Math.ceil(count / (await membersWith(tx, member)));
        await tx.query(
          `update sagaline.subscription_lanes set held_until = now() + interval '${LEASE}'
            where subscription = $1 and lane = any(array(
              select lane from sagaline.subscription_lanes where subscription = $1 and holder = $2
                 for update skip locked))`,
          [subscription, member],
        );
        await tx.query(
          `update sagaline.subscription_lanes set holder = $2, held_until = now() + interval '${LEASE}'
            where subscription = $1 and lane = any(array(
              select lane from sagaline.subscription_lanes
               where subscription = $1 and (holder is null or held_until < now()) order by lane
               limit greatest(0, $3::int - (select count(*) from sagaline.subscription_lanes
                                             where subscription = $1 and holder = $2))
                 for update skip locked))`,
          [subscription, member, share],
        );
        const mine = await tx.query<{ lane: number; sequence: string; stream: string | null }>(
          `select lane, sequence::text, stream from sagaline.subscription_lanes
            where subscription = $1 and holder = $2 order by lane`,
          [subscription, member],
        );
        return { mine: mine.map(positionOf), share };
      });
    },
    giveBack: async (member, lane) => {
      await database.query(
        `update sagaline.subscription_lanes set holder = null
          where subscription = $1 and holder = $2 and lane = $3`,
        [subscription, member, lane],
      );
    },
    leave: (member) =>
      database.transaction(async (tx) => {
        await tx.query(
          'update sagaline.subscription_lanes set holder = null where subscription = $1 and holder = $2',
          [subscription, member],
        );
        await tx.query('delete from sagaline.subscription_members where subscription = $1 and member = $2', [
          subscription,
          member,
        ]);
      }),
    advance: ({ member, lane, from, to }, work) =>
      database.transaction(async (tx) => {
        // First, because the lock of the row keeps others away while the work is done.
        const moved = await tx.query(
          `update sagaline.subscription_lanes set sequence = $5, held_until = now() + interval '${LEASE}'
            where subscription = $1 and lane = $2 and holder = $3 and sequence = $4 returning lane`,
          [subscription, lane, member, from, to],
        );
        if (moved.length === 0) throw new LaneLostError(subscription, lane);
        await work(tx);
      }),
    rewind: async ({ member, lane, from, to }, stream) => {
      const moved = await database.query(
        `update sagaline.subscription_lanes set sequence = $5, stream = $6
          where subscription = $1 and lane = $2 and holder = $3 and sequence = $4 returning lane`,
        [subscription, lane, member, from, to, stream],
      );
      if (moved.length === 0) throw new LaneLostError(subscription, lane);
    },
  };

  /** Counts the members that are there, with this one. */
  async function membersWith(tx: Transaction, member: string): Promise<number> {
    await tx.query(
      `insert into sagaline.subscription_members (subscription, member, seen_until)
       values ($1, $2, now() + interval '${LEASE}')
       on conflict (subscription, member) do update set seen_until = excluded.seen_until`,
      [subscription, member],
    );
    await tx.query(
      `delete from sagaline.subscription_members where (subscription, member) in (
         select subscription, member from sagaline.subscription_members
          where subscription = $1 and seen_until < now() for update skip locked)`,
      [subscription],
    );
    const [row] = await tx.query<{ count: number }>(
      `select count(*)::int as count from sagaline.subscription_members
        where subscription = $1 and seen_until >= now()`,
      [subscription],
    );
    return row?.count ?? 1;
  }
}

function positionOf({
  lane,
  sequence,
  stream,
}: {
  readonly lane: number;
  readonly sequence: string;
  readonly stream: string | null;
}): LanePosition {
  return { lane, sequence: Number(sequence), stream: stream ?? undefined };
}
