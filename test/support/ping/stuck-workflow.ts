import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { Money, SagaResult } from '../../../src/contracts/names/saga';
import { openDecisions, openSaga, showState } from '../../../src/saga';

/**
 * How often the compensation of each of the two steps fails, and whether the saga then waits for notifications, which no
 * decision replaces; and whether one person decides.
 */
export interface StuckInput {
  /** Names of the two steps. Tests of groups need their own: all share one namespace. */
  readonly steps?: readonly [first: string, second: string];
  readonly failures: readonly [first: number, second: number];
  readonly awaitsNotifications?: boolean;
  /** Whether a decision needs two people. */
  readonly fourEyes?: boolean;
  /** What it is worth; `throws` if its code for that is wrong. */
  readonly value?: Money | 'throws';
}

/** A saga of two steps whose compensations fail as often as the input says. It has no activities. */
export async function nailed(input: StuckInput): Promise<SagaResult> {
  const {
    steps = ['lift', 'unscrew'],
    failures,
    awaitsNotifications = false,
    fourEyes = false,
    value,
  } = input;
  const decisions = openDecisions({
    value: () => {
      if (value === 'throws') throw new Error('nobody knows what it is worth');
      return value;
    },
  });
  const saga = openSaga({
    ask: (state, words, about = { what: '', message: '' }) =>
      decisions.ask(state, words, { ...about, fourEyes }),
  });
  for (const [index, name] of steps.entries()) {
    let left = failures[index] ?? 0;
    await saga.step({
      run: () => Promise.resolve(),
      undoneBy: name,
      compensate: async () => {
        if (left-- > 0) throw ApplicationFailure.nonRetryable(`it is nailed down, ${left} more times`);
        return Promise.resolve();
      },
    });
  }
  if (awaitsNotifications) {
    showState('awaiting-decision', 'Waiting for a notification of the parcel.');
    await condition(() => false);
  }
  await saga.compensate('compensating');
  showState('compensated', 'All is compensated.');
  return { state: 'compensated', seen: [] };
}
