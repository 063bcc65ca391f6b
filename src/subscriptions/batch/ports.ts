import type { Transaction } from '../../adapters/postgres';

/** Where a lane of a batch subscription is. */
export interface LanePosition {
  readonly lane: number;
  /** Sequence in the stream up to which all events of the lane are applied. */
  readonly sequence: number;
  /** When the stream was made to which the sequence refers; absent before the first look at it. */
  readonly stream?: string | undefined;
}

/**
 * The lanes of one batch subscription, with their positions, and who reads them: one member for each lane, for as long
 * as its lease. Two members that believe to have the same lane do no harm: the position decides.
 */
export interface Lanes {
  /**
   * Renews the leases of a member, takes free lanes for it until it has its share, and forgets members that are gone.
   *
   * @returns all lanes that it has, and how many it should have: a newcomer waits for those that another one gives back
   */
  attend(member: string): Promise<{ readonly mine: readonly LanePosition[]; readonly share: number }>;
  giveBack(member: string, lane: number): Promise<void>;
  /** Gives back all lanes of a member that ends. */
  leave(member: string): Promise<void>;
  /**
   * Moves a position and does the work, in one transaction.
   *
   * @throws LaneLostError if the position is another one, or the lane another member's; the work is not done then
   * @throws what the work rejects with; nothing has changed then
   */
  advance(move: Move, work: (transaction: Transaction) => Promise<void>): Promise<void>;
  /**
   * Sets a position for another stream, or for one that was restored from a backup.
   *
   * @throws LaneLostError as `advance`
   */
  rewind(move: Move, stream: string): Promise<void>;
}

/** A change of a lane's position by the member that has the lane. */
export interface Move {
  readonly member: string;
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Thrown if a lane is not where its reader believes: another member has it, or a transaction was committed though its
 * answer was lost.
 */
export class LaneLostError extends Error {
  override readonly name = 'LaneLostError';
  constructor(
    readonly subscription: string,
    readonly lane: number,
  ) {
    super(`lane ${lane} of the subscription ${subscription} is not where this process left it`);
  }
}
