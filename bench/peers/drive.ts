// Starts sagas and waits for their ends, so many at a time: the part of a side's own process that is the same on all sides.
import { setTimeout as sleep } from 'node:timers/promises';

/** What the measuring program asks a side for. */
export interface Round {
  /** Part of the sagas' ids. */
  readonly run: string;
  /** Sagas under way at any moment: as one ends, the next is started. */
  readonly inFlight: number;
  /** Before anything is counted: the sagas that are under way are then of all ages. */
  readonly leadInMs: number;
  readonly windowMs: number;
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
 * Serves rounds until the measuring program is gone.
 *
 * @param saga starts the saga of this id, and resolves when it has completed
 */
export function serveRounds(saga: (id: string) => Promise<void>): void {
  process.on('message', (round) => void drive(round as Round, saga));
  serveUntilAlone();
}

/** Of a process that only works: says that it is ready, and ends with the measuring program. */
export function serveUntilAlone(): void {
  process.on('disconnect', () => process.exit());
  tell({ kind: 'ready' });
}

async function drive({ run, inFlight, leadInMs, windowMs }: Round, saga: (id: string) => Promise<void>) {
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
