import type { Pause } from './pause';

/** Where the pauses of one kind are kept: at the server without which their readers cannot work anyway. */
export interface PauseStore {
  /** All pauses that are stored; some may have expired. */
  list(): Promise<readonly Pause[]>;
  /** Stores a pause, in place of one of the same name. @throws PauseConflictError */
  put(pause: Pause): Promise<void>;
  /** Removes the pause of this name, if there is one. @throws PauseConflictError */
  remove(name: string, by: string): Promise<void>;
}

/** A pause cannot be stored or removed, because of what somebody else has set. Nothing was changed. */
export class PauseConflictError extends Error {
  override readonly name = 'PauseConflictError';
}
