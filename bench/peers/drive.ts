// Starts sagas and hears of their ends, so many at a time: the part of a side's own process that is the same on all sides.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effects } from './effects';

/** What the measuring program asks a side for. */
export interface Round {
  /** Part of the sagas' ids. */
  readonly run: string;
  /** Sagas under way at any moment: as one ends, the next is started. */
  readonly inFlight: number;
  /** Before anything is counted: the sagas that are under way are then of all ages. */
  readonly leadInMs: number;
  readonly windowMs: number;
  /**
   * How its starter hears of a saga's end, before it starts the next. `by-effect`: from PostgreSQL, as the last step is
   * there, and nobody asks the system: events are handed over, and nobody waits for what comes of them. `by-client`: by the
   * system's own client.
   */
  readonly waiting: 'by-effect' | 'by-client';
}

/** What a side's process tells the measuring program, in this order. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window-opens' }
  | {
      readonly kind: 'window-closes';
      readonly completed: number;
      readonly seconds: number;
      /** From the start of a saga until its starter knows of its end, in milliseconds. */
      readonly latenciesMs: readonly number[];
    }
  /** All that were started have ended. */
  | { readonly kind: 'drained'; readonly started: number };

/**
 * Starts a saga. Resolves when it is accepted, from when on it runs to its end, whoever dies; with how the side's own client
 * waits for it.
 */
export type Start = (id: string) => Promise<() => Promise<unknown>>;

/** Serves rounds until the measuring program is gone. */
export function serveRounds(start: Start, effects: Effects): void {
  const lastStep = watchLastSteps(effects);
  process.on('message', (message) => {
    const round = message as Round;
    void drive(round, async (id) => {
      const completed = await start(id);
      await (round.waiting === 'by-client' ? completed() : lastStep(id));
    });
  });
  serveUntilAlone();
}

/** Added to a saga's time at most; 100 looks a second cost PostgreSQL little. */
const LOOK_MS = 10;

/** Resolves when the saga's last step is in PostgreSQL. Looks only while somebody waits. */
function watchLastSteps(effects: Effects): (id: string) => Promise<void> {
  const waiting = new Map<string, () => void>();
  let looking = false;

  async function look(): Promise<void> {
    looking = true;
    while (waiting.size > 0) {
      await sleep(LOOK_MS);
      for (const id of await effects.finished([...waiting.keys()])) {
        waiting.get(id)?.();
        waiting.delete(id);
      }
    }
    looking = false;
  }

  return (id) =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      if (!looking) void look();
    });
}

/** Of a process that only works: says that it is ready, and ends with the measuring program. */
export function serveUntilAlone(): void {
  process.on('disconnect', () => process.exit());
  tell({ kind: 'ready' });
}

async function drive(
  { run, inFlight, leadInMs, windowMs }: Round,
  saga: (id: string) => Promise<void>,
): Promise<void> {
  let started = 0;
  let counting = false;
  let stopping = false;
  const latenciesMs: number[] = [];

  const oneAfterTheOther = async () => {
    while (!stopping) {
      const since = performance.now();
      await saga(`${run}-${++started}`);
      if (counting) latenciesMs.push(performance.now() - since);
    }
  };
  const underWay = Array.from({ length: inFlight }, oneAfterTheOther);
  await sleep(leadInMs);
  const opened = performance.now();
  counting = true;
  tell({ kind: 'window-opens' });
  await sleep(windowMs);
  counting = false;
  stopping = true;
  const seconds = (performance.now() - opened) / 1_000;
  tell({ kind: 'window-closes', completed: latenciesMs.length, seconds, latenciesMs });
  await Promise.all(underWay);
  tell({ kind: 'drained', started });
}

function tell(report: Report): void {
  process.send?.(report);
}
