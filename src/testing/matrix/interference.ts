import { deferred } from '../../async';
import { finalFailure } from '../../effects';
import type { Interference } from './recorder';
import type { Cell } from './faults';
import { PUT_IN } from './faults';

/** What an outage lasts for a step that is never given up: some two minutes, at the usual pauses. */
const OUTAGE_ATTEMPTS = 10;

/** An error that the matrix has put in; Temporal tries again. */
class PutInError extends Error {
  override readonly name = 'PutInError';
}

/** What a fault of a step needs from outside. */
export interface Outside {
  cancel(): Promise<unknown>;
  /** Waits until the workflow has dealt with it. */
  cancellationSeen(): Promise<void>;
  /** An incident happens, and is told. */
  incident(): Promise<unknown>;
  /** The type with which the step is refused. */
  readonly refusal: string;
}

/** A fault, as what comes between the workflow and its activities. */
export interface PutIn {
  readonly interfere: Interference;
  /** To be called when the saga has ended: what was under way lands. */
  readonly land: () => Promise<void>;
}

const nothing = () => Promise.resolve();

export const noFault: PutIn = { interfere: ({ run }) => run(), land: nothing };

/** The incident happens when the step is under way for the first time. */
export function incidentAt({ row }: Cell, outside: Pick<Outside, 'incident'>): PutIn {
  return {
    interfere: async ({ step, number, run }) => {
      if (step === row && number === 1) await outside.incident();
      return run();
    },
    land: nothing,
  };
}

export function faultOf(cell: Extract<Cell, { kind: 'step' }>, outside: Outside): PutIn {
  const on = (interfere: Interference, land = nothing): PutIn => ({
    interfere: (attempt) => (attempt.step === cell.row ? interfere(attempt) : attempt.run()),
    land,
  });
  switch (cell.fault) {
    case 'fails once':
      return on(({ number, run }) => (number === 1 ? fail('it fails once') : run()));
    case 'fails for good':
      return on(({ number, isGivenUp, isRetried, run }) =>
        !isRetried && (isGivenUp || number <= OUTAGE_ATTEMPTS) ? fail('it fails for good') : run(),
      );
    case 'refused':
      return on(() => {
        throw finalFailure('refused', outside.refusal, 'the matrix says no');
      });
    case 'no for good':
      return on(() => {
        throw finalFailure('refused', 'nobody-has-foreseen-it', 'the provider says no for good');
      });
    case 'has a defect':
      return on(async ({ number, run }) => {
        const result = await run();
        if (number > 1) return result;
        throw finalFailure('defect', PUT_IN, 'an answer that nobody can use');
      });
    case 'times out':
      return on(async ({ number, isGivenUp, isRetried, run }) => {
        if (number > 1) return isGivenUp && !isRetried ? fail('no answer') : run();
        await run();
        return fail('no answer');
      });
    case 'compensation overtakes step':
      return overtaken(on);
    case 'cancelled here':
      return cancelled(cell.row, outside);
  }
}

/**
 * What is under way at the cancellation ends when the workflow has dealt with it: a workflow that asks to cancel what has just
 * ended is more than the time-skipping server (1.40) can take. It fails the workflow task, again and again.
 */
function cancelled(row: string, outside: Outside): PutIn {
  let isCancelled = false;
  return {
    interfere: async ({ step, isLocal, run }) => {
      if (step === row && !isCancelled) {
        isCancelled = true;
        await outside.cancel();
      }
      if (isCancelled && !isLocal) await outside.cancellationSeen();
      return run();
    },
    land: nothing,
  };
}

/** The first attempt is lost to Temporal, and lands when all is over, in the context in which it was made. */
function overtaken(on: (interfere: Interference, land: () => Promise<void>) => PutIn): PutIn {
  const { promise: released, resolve: release } = deferred();
  let late: Promise<unknown> = Promise.resolve();
  return on(
    ({ number, isGivenUp, isRetried, run }) => {
      if (number > 1) return isGivenUp && !isRetried ? fail('no answer') : run();
      late = released.then(run);
      return fail('no answer');
    },
    async () => {
      release();
      // That it is refused now, because it was compensated, is as good as that it does nothing.
      await late.catch(() => undefined);
    },
  );
}

function fail(why: string): never {
  throw new PutInError(why);
}

/** A worker that is replaced while a step is under way on it. */
export interface DoomedWorker extends PutIn {
  /** From now on: the next step takes effect, and is the last that this worker does. */
  arm(): void;
  hasActed(): boolean;
  /** That step has taken effect, or there is none: waits until the worker is replaced. */
  die(): Promise<void>;
  /** Resolves when the worker may be replaced. */
  readonly dying: Promise<void>;
  /** The worker is gone. */
  replaced(): void;
}

export function doomedWorker(): DoomedWorker {
  let state: 'alive' | 'armed' | 'acted' | 'dying' = 'alive';
  const { promise: dying, resolve: die } = deferred();
  const { promise: gone, resolve: replaced } = deferred();
  return {
    arm: () => (state = 'armed'),
    hasActed: () => state === 'acted',
    die: () => {
      state = 'dying';
      die();
      return gone;
    },
    dying,
    replaced,
    land: nothing,
    interfere: async ({ run }) => {
      const result = await run();
      if (state !== 'armed') return result;
      state = 'acted';
      await gone;
      return fail('the worker was killed');
    },
  };
}
