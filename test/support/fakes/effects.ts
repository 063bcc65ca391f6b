import { RefusalError, StepUndoneError } from '../../../src/contracts';
import type { Player } from './script';

type Row =
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'refused'; readonly type: string; readonly message: string }
  | { readonly state: 'undone' };

/**
 * What `doOnce` and `undoOnce` promise, in memory. The work is synchronous, so that nothing comes in between; it must
 * change nothing before it refuses.
 */
export interface FakeEffects<Step extends string> {
  doOnce<Result>(step: Step, key: string, input: unknown, work: () => Result): Promise<Result>;
  undoOnce(step: Step, undoes: string, input: unknown, work: () => void): Promise<void>;
  /** What is stored for the key of a step. */
  find(key: string): Row | undefined;
}

/** @param options.tombstones `false`: the undo of what was never done leaves nothing behind. For a proof that this is noticed. */
export function createFakeEffects<Step extends string>(
  player: Player<Step>,
  { tombstones = true } = {},
): FakeEffects<Step> {
  const rows = new Map<string, Row>();

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
      if (error instanceof RefusalError)
        rows.set(key, { state: 'refused', type: error.type, message: error.message });
      throw error;
    }
  }

  function undoNow(step: Step, undoes: string, work: () => void): void {
    const row = rows.get(undoes);
    if (row?.state === 'refused') return;
    if (row?.state === 'done') {
      work();
      player.tookEffect(step, undoes);
    }
    if (row || tombstones) rows.set(undoes, { state: 'undone' });
  }

  return {
    doOnce: (step, key, input, work) => player.play(step, input, () => doNow(step, key, work)),
    undoOnce: (step, undoes, input, work) => player.play(step, input, () => undoNow(step, undoes, work)),
    find: (key) => rows.get(key),
  };
}

function storedResult(key: string, row: Row): unknown {
  switch (row.state) {
    case 'done':
      return row.result;
    case 'refused':
      throw new RefusalError(row.type, row.message);
    case 'undone':
      throw new StepUndoneError(key);
  }
}
