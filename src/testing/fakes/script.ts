import { deferred } from '../../async';
import { RefusalError } from '../../contracts';

/** A call that has been stopped on its way. */
export interface Hold {
  /** Resolves when a call has come to the stop. */
  readonly reached: Promise<void>;
  release(): void;
}

/** What a fake tells the script, and asks it. Several fakes may share one script. */
export interface Player<Step extends string> {
  /** One call, with what the script has in store for it. */
  play<Result>(step: Step, input: unknown, effect: () => Result | Promise<Result>): Promise<Result>;
  /** Throws the refusal that the script has in store for the step. */
  refuseIfTold(step: Step): void;
  /** @param of what the effect belongs to: the key of its step, as far as it has one */
  tookEffect(step: Step, of?: string): void;
}

/** What a test tells the fakes, and sees of them. Its steps are the names of the activities. */
export interface Script<Step extends string> extends Player<Step> {
  /** Every call, repeats included, in the order in which they came. */
  readonly calls: readonly { readonly step: Step; readonly input: unknown }[];
  /**
   * The steps in the order in which they took effect. A repeat leaves no line, nor does a refusal, nor the compensation of what
   * was never done.
   */
  readonly log: readonly Step[];
  /** As `log`, each with what it belongs to: `openTicket dev-1:openTicket:0`. */
  readonly effects: readonly string[];
  /**
   * The next `times` calls end with the error before they have an effect. A {@link RefusalError} is what the step itself
   * answers: it is stored for its key and repeated from then on.
   */
  fail(step: Step, error: Error, times?: number): void;
  /** The next `times` calls take effect, and end with an error all the same. */
  loseAnswer(step: Step, times?: number): void;
  /** The next call takes effect, and ends with this error. */
  spoilAnswer(step: Step, error: Error): void;
  /** Stops the next call before or after its effect until it is released. */
  hold(step: Step, when?: 'before' | 'after'): Hold;
}

interface Stop extends Hold {
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

/** The error of a call whose answer got lost. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/**
 * The failures of one fixture of fakes, and the record of what they were asked and have done.
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
