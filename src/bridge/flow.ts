import { backoff } from './backoff';
import type { Log } from './ports';

/** What one of Temporal's answers says of how much it can take. */
export type Pressure = 'taken' | 'exhausted' | 'away';

/**
 * How much the bridge asks of Temporal at once. Every attempt to handle an event goes through here: at most so many at a
 * time as Temporal takes, one by one while it is away, and alone where an event is suspected of ending the process.
 */
export interface Flow {
  /**
   * Runs the attempt once there is room, in the order of asking; `undefined` when `stopping` aborts while Temporal is
   * away. Otherwise it runs also while we stop: an event that is given back untried is delivered a second time.
   *
   * @param options.temporal it asks Temporal, so that it has to wait while Temporal is away
   * @param options.alone with no other attempt beside it
   */
  run<Result>(attempt: () => Promise<Result>, options: Lane): Promise<Result | undefined>;
  heard(pressure: Pressure, cause?: unknown): void;
  /** Whether Temporal has not answered lately. */
  away(): boolean;
  /** Workers fall behind: no more than before, however willingly Temporal takes it. */
  fellBehind(): void;
  /** Attempts at once at this moment, 1 at least. */
  limit(): number;
}

export interface Lane {
  readonly temporal: boolean;
  readonly alone: boolean;
  readonly stopping: AbortSignal;
}

export interface FlowParts {
  /** Attempts at once at most; the number of partitions is what can be in hand. */
  readonly most: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** Answers of one moment that say the same cut once: all of them were asked under the old limit. */
const CUT_AT_MOST_EVERY_MS = 1_000;

interface Waiter {
  readonly alone: boolean;
  readonly enter: () => void;
}

interface Outage {
  readonly since: number;
  probes: number;
  /** Resolves when the probe that is under way has its answer; absent between probes. */
  probing: Promise<void> | undefined;
}

export function createFlow({ most, now, random, sleep, log }: FlowParts): Flow {
  const queue: Waiter[] = [];
  let running = 0;
  let alone = false;
  let limit = most;
  let takenSinceRaise = 0;
  let lastCut = -Infinity;
  let outage: Outage | undefined;

  return {
    limit: () => limit,
    away: () => outage !== undefined,
    heard: (pressure, cause) => {
      if (pressure === 'away') {
        lost(cause);
        return;
      }
      if (outage) back(outage);
      if (pressure === 'exhausted') cut('Temporal is overloaded', cause);
      else raise();
    },
    fellBehind: () => cut('the workers fall behind'),
    run: async (attempt, lane) => {
      const probed = lane.temporal && outage ? await admission(lane.stopping) : undefined;
      try {
        if (lane.temporal && outage && lane.stopping.aborted) return undefined;
        await enter(lane.alone);
        try {
          return await attempt();
        } finally {
          leave(lane.alone);
        }
      } finally {
        probed?.();
      }
    },
  };

  /** While Temporal is away one attempt goes at a time, after a pause; the others wait for what becomes of it. */
  async function admission(stopping: AbortSignal): Promise<(() => void) | undefined> {
    while (outage && !stopping.aborted) {
      if (outage.probing) {
        await outage.probing;
        continue;
      }
      const probe = promised();
      const current = outage;
      current.probing = probe.kept;
      await sleep(backoff(++current.probes, random), stopping);
      return () => {
        current.probing = undefined;
        probe.keep();
      };
    }
    return undefined;
  }

  async function enter(aloneWanted: boolean): Promise<void> {
    if (queue.length === 0 && hasRoom(aloneWanted)) {
      take(aloneWanted);
      return;
    }
    const turn = promised();
    queue.push({ alone: aloneWanted, enter: turn.keep });
    await turn.kept;
  }

  function hasRoom(aloneWanted: boolean): boolean {
    return !alone && (aloneWanted ? running === 0 : running < limit);
  }

  function take(aloneWanted: boolean): void {
    running++;
    alone = aloneWanted;
  }

  function leave(wasAlone: boolean): void {
    running--;
    if (wasAlone) alone = false;
    letIn();
  }

  function letIn(): void {
    for (let next = queue[0]; next && hasRoom(next.alone); next = queue[0]) {
      queue.shift();
      // Here and not when it wakes: nobody else may take the place meanwhile.
      take(next.alone);
      next.enter();
    }
  }

  function raise(): void {
    if (limit === most || ++takenSinceRaise < limit) return;
    takenSinceRaise = 0;
    limit++;
    letIn();
  }

  function cut(why: string, cause?: unknown): void {
    if (now() - lastCut < CUT_AT_MOST_EVERY_MS) return;
    lastCut = now();
    takenSinceRaise = 0;
    limit = Math.max(1, Math.floor(limit / 2));
    log.warn({ limit, ...(cause !== undefined && { err: cause }) }, `${why}: fewer events at once`);
  }

  function lost(cause: unknown): void {
    if (outage) return;
    outage = { since: now(), probes: 0, probing: undefined };
    log.warn({ err: cause }, 'Temporal is away: events are held');
  }

  function back({ since }: Outage): void {
    outage = undefined;
    const awaySeconds = Math.round((now() - since) / 100) / 10;
    log.info({ awaySeconds }, 'Temporal is back: events go on');
  }
}

function promised(): { readonly kept: Promise<void>; readonly keep: () => void } {
  let keep: () => void = () => undefined;
  const kept = new Promise<void>((resolve) => (keep = resolve));
  return { kept, keep };
}
