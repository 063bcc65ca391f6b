import { deferred } from '../../async';
import { RefusalError } from '../../contracts';

/** A call that a script holds before or after its effect. */
export interface Hold {
  /** Resolves when a call is held. */
  readonly reached: Promise<void>;
  release(): void;
}

/** The side of a script that the fakes use. Several fakes may share one script. */
export interface Player<Step extends string> {
  /** Plays one call, with the failure that the script has for it, if any. */
  play<Result>(step: Step, input: unknown, effect: () => Result | Promise<Result>): Promise<Result>;
  /** Throws the refusal that the script has for the step, if any. */
  refuseIfTold(step: Step): void;
  /** @param of what the effect belongs to: the key of its step, if the step has one */
  tookEffect(step: Step, of?: string): void;
}

/** The side of a script that a test uses. Its steps are the names of the activities. */
export interface Script<Step extends string> extends Player<Step> {
  /** Every call, repeats included, in the order in which they arrived. */
  readonly calls: readonly { readonly step: Step; readonly input: unknown }[];
  /**
   * The steps in the order in which they took effect. A repeat, a refusal, and the compensation of a step that was never done
   * leave no line.
   */
  readonly log: readonly Step[];
  /** As `log`, each with the key that it belongs to: `openTicket dev-1:openTicket:0`. */
  readonly effects: readonly string[];
  /**
   * The next `times` calls fail with the error before they have an effect. A {@link RefusalError} counts as the answer of the
   * step itself: it is stored for its key, and repeated from then on.
   */
  fail(step: Step, error: Error, times?: number): void;
  /** The next `times` calls take effect, but fail. */
  loseAnswer(step: Step, times?: number): void;
  /** The next call takes effect, but fails with this error. */
  spoilAnswer(step: Step, error: Error): void;
  /** Holds the next call before or after its effect, until you release it. */
  hold(step: Step, when?: 'before' | 'after'): Hold;
}

interface Stop extends Hold {
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

/** The error of a call whose answer was lost. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/**
 * Creates a script: it sets the failures of one fixture of fakes, and records their calls and effects.
 *
 * @example
 * const script = createScript<'openTicket' | 'closeTicket'>();
 * script.fail('openTicket', new RefusalError('unknown-device', 'there is no such device'));
 * const closing = script.hold('closeTicket', 'after');
 */
export function createScript<Step extends string>(): Script<Step> {
  const calls: { step: Step; input: unknown }[] = [];
  const log: Step[] = [];
  const effects: string[] = [];
  const failures: { step: Step; error: Error; left: number }[] = [];
  const lost: Step[] = [];
  const spoilt: { step: Step; error: Error }[] = [];
  const stops: { step: Step; when: 'before' | 'after'; stop: Stop }[] = [];

  function nextFailure(step: Step, isRefusal: boolean): Error | undefined {
    const failure = failures.find(
      ({ step: of, error, left }) => of === step && left > 0 && error instanceof RefusalError === isRefusal,
    );
    if (failure) failure.left -= 1;
    return failure?.error;
  }

  async function stopAt(step: Step, when: 'before' | 'after'): Promise<void> {
    const index = stops.findIndex((stop) => stop.step === step && stop.when === when);
    const [found] = index < 0 ? [] : stops.splice(index, 1);
    found?.stop.arrive();
    await found?.stop.released;
  }

  return {
    calls,
    log,
    effects,
    fail: (step, error, times = 1) => void failures.push({ step, error, left: times }),
    loseAnswer: (step, times = 1) => void lost.push(...Array.from({ length: times }, () => step)),
    spoilAnswer: (step, error) => void spoilt.push({ step, error }),
    hold: (step, when = 'before') => {
      const stop = createStop();
      stops.push({ step, when, stop });
      return stop;
    },
    play: async (step, input, effect) => {
      calls.push({ step, input });
      await stopAt(step, 'before');
      const failure = nextFailure(step, false);
      if (failure) throw failure;
      const result = await effect();
      await stopAt(step, 'after');
      const spoiltAt = spoilt.findIndex((each) => each.step === step);
      const [spoiling] = spoiltAt < 0 ? [] : spoilt.splice(spoiltAt, 1);
      if (spoiling) throw spoiling.error;
      const index = lost.indexOf(step);
      if (index < 0) return result;
      lost.splice(index, 1);
      throw new AnswerLostError(`the answer to ${step} got lost`);
    },
    refuseIfTold: (step) => {
      const refusal = nextFailure(step, true);
      if (refusal) throw refusal;
    },
    tookEffect: (step, of = '') => {
      log.push(step);
      effects.push(`${step} ${of}`.trimEnd());
    },
  };
}

function createStop(): Stop {
  const { promise: reached, resolve: arrive } = deferred();
  const { promise: released, resolve: release } = deferred();
  return { reached, released, arrive, release };
}
