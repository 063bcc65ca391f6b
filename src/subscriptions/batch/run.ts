import type { NatsConnection } from 'nats';
import type { Group, Provision } from '../../adapters/nats';
import { eventsIdentity, openLane } from '../../adapters/nats';
import { quietLog } from '../../delivery';
import type { Running } from '../running';
import type { BatchParts } from './apply';
import { createBatchApplier } from './apply';
import type { LanePosition, Lanes } from './ports';
import { LaneLostError } from './ports';

/** Several looks within a lease: a busy member keeps its lanes, and a newcomer gets its share within seconds. */
const LOOK_MS = 2_000;
/** A member that could not look for this long may have lost its lanes. */
const STALE_MS = 10_000;

interface Reading {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  isOpen: boolean;
}

/** Runs a member of a batch subscription: it reads its share of the lanes, until it is stopped. */
export function runBatches(
  connection: NatsConnection,
  parts: BatchParts & {
    readonly group: Group;
    readonly lanes: Lanes;
    /** Unique among the members. */
    readonly member: string;
    readonly provision?: Provision | undefined;
  },
): Running {
  const { group, lanes, member, provision, subscribed, sleep, now } = parts;
  const { name, batch } = subscribed.subscription;
  const log = quietLog(parts.log, now);
  const apply = createBatchApplier(parts);
  const stopping = new AbortController();
  const readings = new Map<number, Reading>();
  let attendedAt = -Infinity;
  let wanted: readonly LanePosition[] = [];
  const attending = keepAttending();

  return {
    consumes: () =>
      now() - attendedAt < STALE_MS && wanted.every(({ lane }) => readings.get(lane)?.isOpen === true),
    stop: async () => {
      stopping.abort();
      await attending;
      await Promise.all([...readings.keys()].map(end));
      // Without it, the lanes are free when the lease is over.
      await lanes.leave(member).catch(() => undefined);
    },
  };

  async function keepAttending(): Promise<void> {
    while (!stopping.signal.aborted) {
      await attend().catch((error: unknown) => {
        log.warn({ err: error, subscription: name }, 'the lanes of a subscription could not be looked up');
        // Another member has the lanes now, and what is read here is missing there.
        if (now() - attendedAt > STALE_MS) for (const lane of readings.keys()) void end(lane);
      });
      await sleep(LOOK_MS, stopping.signal);
    }
  }

  async function attend(): Promise<void> {
    const { mine, share } = await lanes.attend(member);
    attendedAt = now();
    wanted = mine.slice(0, share);
    for (const lane of readings.keys()) if (!mine.some((each) => each.lane === lane)) void end(lane);
    for (const { lane } of mine.slice(share)) void end(lane).then(() => giveBack(lane));
    for (const position of wanted) if (!readings.has(position.lane)) start(position);
  }

  async function giveBack(lane: number): Promise<void> {
    await lanes
      .giveBack(member, lane)
      .catch((error: unknown) =>
        log.warn({ err: error, lane }, 'a lane was not given back; at the next look'),
      );
  }

  async function end(lane: number): Promise<void> {
    const reading = readings.get(lane);
    reading?.stop.abort();
    await reading?.done;
  }

  function start(position: LanePosition): void {
    const { lane } = position;
    const stop = new AbortController();
    const done = read(position, stop.signal, () => (reading.isOpen = true))
      .catch((error: unknown) => {
        const why = error instanceof LaneLostError ? 'a lane is read anew' : 'a lane is not being read';
        log.warn({ err: error, subscription: name, lane }, why);
      })
      // The next look starts it again, at the position that is stored.
      .finally(() => readings.delete(lane));
    const reading: Reading = { stop, done, isOpen: false };
    readings.set(lane, reading);
  }

  async function read(position: LanePosition, stop: AbortSignal, opened: () => void): Promise<void> {
    const { lane: number } = position;
    const { stream, sequence } = await placed(position);
    let at = sequence;
    const lane = await openLane(connection, { group, lane: number, position: at, stream, provision });
    opened();
    let isApplying = false;
    // What the handler has begun may end.
    const interrupt = () => (isApplying ? undefined : void lane.end());
    stop.addEventListener('abort', interrupt);
    try {
      while (!stop.aborted) {
        const messages = await lane.next(batch);
        if (messages.length === 0) break;
        isApplying = true;
        await apply(
          messages,
          async (to, work) => {
            await lanes.advance({ member, lane: number, from: at, to }, work);
            at = to;
          },
          stop,
        );
        isApplying = false;
        lane.settle(at);
      }
    } finally {
      stop.removeEventListener('abort', interrupt);
      await lane.end();
    }
  }

  /** The position in the stream as it is now: it may be another one, or restored from a backup. */
  async function placed({ lane, sequence: from, stream }: LanePosition) {
    const { created, last } = await eventsIdentity(connection);
    const isSame = stream === created || stream === undefined;
    const to = isSame ? Math.min(from, last) : 0;
    if (to !== from)
      log.warn(
        { subscription: name, lane, from, to },
        'the stream is another one, or older: a position goes back',
      );
    if (to !== from || stream !== created) await lanes.rewind({ member, lane, from, to }, created);
    return { stream: created, sequence: to };
  }
}
