import type { Placement } from '../../src/contracts';
import type { SagaRound } from '../sagas';
import type { Testbed } from '../testbed';

/** How the sagas of a round begin: the placement is in the memo of each saga, and the same workers run both kinds. */
export interface RoundOptions {
  readonly placement: Placement;
  /** Unique: the keys of the sagas are made from it. */
  readonly run: string;
  readonly count: number;
  readonly atOnce: number;
}

/** A saga that is measured with its capabilities placed, and on their task queues. */
export interface Subject {
  readonly name: string;
  /** The names for `Testbed.start`: the pool of the saga has `places`, and the pools of the capabilities run as well. */
  readonly processes: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** The placement of its sagas when they are placed. */
  readonly placement: Placement;
  readonly open: (testbed: Testbed) => Promise<{
    /** Runs `count` sagas from start to end, `atOnce` of them open at once. */
    readonly round: (options: RoundOptions) => Promise<SagaRound>;
    readonly close: () => Promise<void>;
  }>;
}
