// Starts sagas and waits for their ends, `inFlight` at a time: the part of a side's own process that is the same on all sides.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effects } from './effects';

/** The order of the measuring program for one round. */
export interface Round {
  /** Part of the sagas' ids. */
  readonly run: string;
  /** The number of open sagas at any moment: when one ends, the next is started. */
  readonly inFlight: number;
  /** The time before the window: after it the open sagas are of all ages. */
  readonly leadInMs: number;
  readonly windowMs: number;
  /**
   * How the starter learns of a saga's end, before it starts the next. `by-effect`: from PostgreSQL, when the last step is
   * there, without a call to the system, because events are handed over and their publisher does not wait for results.
   * `by-client`: from the system's own client.
   */
  readonly waiting: 'by-effect' | 'by-client';
}

/** The reports of a side's process to the measuring program, in this order. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window-opens' }
  | {
      readonly kind: 'window-closes';
      readonly completed: number;
      readonly seconds: number;
      /** From the start of a saga until its starter has learned of its end, in milliseconds. */
      readonly latenciesMs: readonly number[];
    }
  /** All sagas that were started have ended. */
  | { readonly kind: 'drained'; readonly started: number };

/**
 * Starts a saga. Resolves when it is accepted, after which it runs to its end even if processes die; the result waits for
 * that end with the side's own client.
 */
export type Start = (id: string) => Promise<() => Promise<unknown>>;

/** Serves rounds until the measuring program ends. */
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

/** The most that polling adds to a saga's time; 100 queries a second cost PostgreSQL little. */
const LOOK_MS = 10;

/** Resolves when the saga's last step is in PostgreSQL. It polls only while a saga is awaited. */
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

/** For a process that only works: reports that it is ready, and ends with the measuring program. */
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
