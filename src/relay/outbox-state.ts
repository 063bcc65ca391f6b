import type { Database } from '../adapters/postgres';
import type { Lane } from './batch';
import { LANES } from './batch';

/** Rows of a lane that are counted: a long outage leaves more than anybody wants to have counted every few seconds. */
const OUTBOX_COUNTED = 10_000;

/** The state of the outbox, for metrics. */
export interface OutboxState {
  readonly lanes: readonly OutboxLane[];
  readonly setAside: number;
}

/** The rows that wait in one lane. */
export interface OutboxLane {
  readonly lane: Lane;
  /** At most `OUTBOX_COUNTED`. */
  readonly waiting: number;
  /** Whether there are more rows than were counted. */
  readonly more: boolean;
  /** Age of the oldest row; 0 if none waits. */
  readonly oldestSeconds: number;
}

export async function outboxState(database: Pick<Database, 'query'>): Promise<OutboxState> {
  const [row] = await database.query<Record<string, number>>(
    `select (select count(*)::int from sagaline.outbox where set_aside_at is not null and discarded_at is null)
              as set_aside,
            ${LANES.map((lane) => `coalesce(${ageOfOldest(lane)}, 0)::float as ${lane}_age, ${countOf(lane)} as ${lane}`).join(', ')}`,
  );
  return {
    setAside: row?.['set_aside'] ?? 0,
    lanes: LANES.map((lane) => {
      const waiting = row?.[lane] ?? 0;
      return {
        ...{ lane, waiting: Math.min(waiting, OUTBOX_COUNTED), more: waiting > OUTBOX_COUNTED },
        oldestSeconds: row?.[`${lane}_age`] ?? 0,
      };
    }),
  };
}

const waitingIn = (lane: Lane) =>
  `sagaline.outbox where lane = '${lane}' and published_at is null and set_aside_at is null`;

const ageOfOldest = (lane: Lane) =>
  `(select extract(epoch from now() - created_at) from ${waitingIn(lane)} order by id limit 1)`;

const countOf = (lane: Lane) =>
  `(select count(*)::int from (select from ${waitingIn(lane)} limit ${OUTBOX_COUNTED + 1}) as waiting)`;
