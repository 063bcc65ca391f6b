import { deferred } from '../../async';
import { finalFailure } from '../../effects';
import type { Interference } from './recorder';
import type { Cell } from './faults';
import { PUT_IN } from './faults';

/** Failed attempts of an outage, for a step that is never given up: about two minutes at the usual pauses. */
const OUTAGE_ATTEMPTS = 10;

/** An error that the matrix has injected; Temporal retries. */
class PutInError extends Error {
  override readonly name = 'PutInError';
}

/** What a fault needs from outside the step. */
export interface Outside {
  /** Waits until the history has the answers of all ordinary activities that have answered. */
  answersArrived(): Promise<void>;
  cancel(): Promise<unknown>;
  /** Waits until the workflow has processed the cancellation. */
  cancellationSeen(): Promise<void>;
  /** Makes an incident happen, and sends its events. */
  incident(): Promise<unknown>;
  /** The type with which the step is refused. */
  readonly refusal: string;
}

/** A fault that runs between the workflow and its activities. */
export interface PutIn {
  readonly interfere: Interference;
  /** To be called when the saga has ended: lets the calls land that are still under way. */
  readonly land: () => Promise<void>;
}

const nothing = () => Promise.resolve();

export const noFault: PutIn = { interfere: ({ run }) => run(), land: nothing };

/** Makes the incident happen during the first attempt of the step. */
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
 * Cancels the saga during the step. The time-skipping server (1.40) cannot handle a workflow that asks to cancel an activity which
 * has just ended, and fails the workflow task again and again. So the answers of other activities arrive before the cancellation, and
 * activities under way end only after the workflow has processed it.
 */
function cancelled(row: string, outside: Outside): PutIn {
  const before: Promise<unknown>[] = [];
  let isCancelled = false;
  return {
    interfere: async ({ step, isLocal, run }) => {
      if (step === row && !isCancelled) {
        isCancelled = true;
        await Promise.allSettled(before);
        // A local activity runs within a workflow task, whose history is written when it ends.
        if (!isLocal) await outside.answersArrived();
        await outside.cancel();
      }
      if (isCancelled && !isLocal) await outside.cancellationSeen();
      const result = run();
      if (!isCancelled) before.push(result);
      return result;
    },
    land: nothing,
  };
}

/** Temporal loses the first attempt, which lands when all is over, in the context in which it was made. */
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
      // A refusal is as good as no effect: the step has been compensated by now.
      await late.catch(() => undefined);
    },
  );
}

function fail(why: string): never {
  throw new PutInError(why);
}

/** A worker that is replaced while a step is under way on it. */
export interface DoomedWorker extends PutIn {
  /** From now on, the next step that takes effect is the last one of this worker. */
  arm(): void;
  hasActed(): boolean;
  /**
   * Lets the worker be replaced, after that step has taken effect or when no step follows. Resolves when it has been replaced.
   */
  die(): Promise<void>;
  /** Resolves when the worker may be replaced. */
  readonly dying: Promise<void>;
  /** To be called when the worker is gone. */
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
