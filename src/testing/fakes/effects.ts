import { RefusalError, StepCompensatedError } from '../../contracts';
import type { ExternalReversal, ExternalStep } from '../../effects';
import { outcomeOf } from '../../effects/external';
import type { Player } from './script';

/** What is stored for the key of a step. */
export type FakeEffect =
  | { readonly state: 'begun' }
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'refused'; readonly type: string; readonly message: string }
  | { readonly state: 'compensating'; readonly result: unknown }
  | { readonly state: 'compensated' };

/** A step at a fake provider. What the real step writes into the database, it writes into the fake's memory. */
export interface FakeExternalStep<Result> extends Pick<ExternalStep<Result>, 'key' | 'find' | 'call'> {
  readonly record?: (result: Result) => void;
}

/** The compensation of a {@link FakeExternalStep}. */
export interface FakeExternalReversal<Result> extends Pick<
  ExternalReversal<Result>,
  'key' | 'find' | 'claim' | 'reverse'
> {
  readonly record?: (result: Result) => void;
}

/** The guarantees of `doOnce`, `compensateOnce`, `performOnce` and `reverseOnce`, in memory. */
export interface FakeEffects<Step extends string> {
  /** @param work synchronous, so that nothing runs in between; it must not change anything before it refuses */
  doOnce<Result>(step: Step, key: string, input: unknown, work: () => Result): Promise<Result>;
  /** @param undoes the key of the step that it compensates */
  compensateOnce(step: Step, undoes: string, input: unknown, work: () => void): Promise<void>;
  performOnce<Result>(step: Step, input: unknown, external: FakeExternalStep<Result>): Promise<Result>;
  reverseOnce<Result>(step: Step, input: unknown, reversal: FakeExternalReversal<Result>): Promise<void>;
  find(key: string): FakeEffect | undefined;
}

/**
 * The table of effects of one fixture of fakes.
 *
 * @param options `tombstones: false`: a compensation of a step that was never done leaves no tombstone. Use it to prove that your
 * test notices this.
 * @example
 * const script = createScript<'openTicket' | 'closeTicket'>();
 * const effects = createFakeEffects(script);
 * const tickets = new Set<string>();
 * const oncall = {
 *   openTicket: (input: { key: string; deviceId: string }) =>
 *     effects.doOnce('openTicket', input.key, input, () => void tickets.add(input.deviceId)),
 *   closeTicket: ({ undoes }: { undoes: { key: string; deviceId: string } }) =>
 *     effects.compensateOnce('closeTicket', undoes.key, undoes, () => void tickets.delete(undoes.deviceId)),
 * };
 */
export function createFakeEffects<Step extends string>(
  player: Player<Step>,
  { tombstones = true } = {},
): FakeEffects<Step> {
  const rows = new Map<string, FakeEffect>();

  function refuse(key: string, error: unknown): void {
    if (error instanceof RefusalError)
      rows.set(key, { state: 'refused', type: error.type, message: error.message });
  }

  function doNow<Result>(step: Step, key: string, work: () => Result): Result {
    const row = rows.get(key);
    if (row) return storedResult(key, row) as Result;
    try {
      player.refuseIfTold(step);
      const result = work();
      rows.set(key, { state: 'done', result });
      player.tookEffect(step, key);
      return result;
    } catch (error) {
      refuse(key, error);
      throw error;
    }
  }

  function compensateNow(step: Step, undoes: string, work: () => void): void {
    const row = rows.get(undoes);
    if (row?.state === 'refused') return;
    if (row?.state === 'done') {
      work();
      player.tookEffect(step, undoes);
    }
    if (row || tombstones) rows.set(undoes, { state: 'compensated' });
  }

  async function performNow<Result>(step: Step, external: FakeExternalStep<Result>): Promise<Result> {
    const { key, find, call, record } = external;
    const before = rows.get(key);
    if (before && before.state !== 'begun') return storedResult(key, before) as Result;
    rows.set(key, { state: 'begun' });
    let result: Result;
    try {
      const known = before ? await find() : undefined;
      if (known === undefined) player.refuseIfTold(step);
      result = known === undefined ? await call() : known;
    } catch (error) {
      if (rows.get(key)?.state === 'begun') refuse(key, error);
      throw error;
    }
    const now = rows.get(key);
    // Another attempt or the compensation has finished first.
    if (now && now.state !== 'begun') return storedResult(key, now) as Result;
    rows.set(key, { state: 'done', result });
    record?.(result);
    player.tookEffect(step, key);
    return result;
  }

  async function reverseNow<Result>(step: Step, reversal: FakeExternalReversal<Result>): Promise<void> {
    const { key, reverse, record } = reversal;
    const before = rows.get(key);
    if (!before) {
      if (tombstones) rows.set(key, { state: 'compensated' });
      return;
    }
    if (before.state === 'compensated' || before.state === 'refused') return;
    const stored = before.state === 'begun' ? undefined : (before.result as Result | undefined);
    rows.set(key, { state: 'compensating', result: stored });
    const result = stored ?? (await outcomeOf(reversal));
    if (result !== undefined) await reverse(result);
    if (rows.get(key)?.state !== 'compensating') return;
    rows.set(key, { state: 'compensated' });
    if (result === undefined) return;
    record?.(result);
    player.tookEffect(step, key);
  }

  return {
    doOnce: (step, key, input, work) => player.play(step, input, () => doNow(step, key, work)),
    compensateOnce: (step, undoes, input, work) =>
      player.play(step, input, () => compensateNow(step, undoes, work)),
    performOnce: (step, input, external) => player.play(step, input, () => performNow(step, external)),
    reverseOnce: (step, input, reversal) => player.play(step, input, () => reverseNow(step, reversal)),
    find: (key) => rows.get(key),
  };
}

function storedResult(key: string, row: FakeEffect): unknown {
  switch (row.state) {
    case 'begun':
      throw new Error(`${key} is a step at a provider: performOnce goes on with it`);
    case 'done':
      return row.result;
    case 'refused':
      throw new RefusalError(row.type, row.message);
    case 'compensating':
    case 'compensated':
      throw new StepCompensatedError(key);
  }
}
