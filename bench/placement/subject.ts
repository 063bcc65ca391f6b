import type { Placement } from '../../src/contracts';
import type { SagaRound } from '../sagas';
import type { Testbed } from '../testbed';

/** How a saga of a round begins: what is placed with its pool is in its memo, and the same workers run both kinds. */
export interface RoundOptions {
  readonly placement: Placement;
  /** Unique: the keys of the sagas are made of it. */
  readonly run: string;
  readonly count: number;
  readonly atOnce: number;
}

/** A saga that is measured with its capabilities placed, and on their task queues. */
export interface Subject {
  readonly name: string;
  /** As `Testbed.start` takes them: the pool of the saga has `places`, and the pools of the capabilities run as well. */
  readonly processes: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** What its sagas begin with where they are placed. */
  readonly placement: Placement;
  readonly open: (testbed: Testbed) => Promise<{
    /** Runs so many sagas from end to end, so many of them open at once. */
    readonly round: (options: RoundOptions) => Promise<SagaRound>;
    readonly close: () => Promise<void>;
  }>;
}
