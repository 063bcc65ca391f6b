import { oneLine } from '../../contracts';
import type { Erasure } from '../../security/personal';
import type { CliContext } from '../context';

/** An erasure that was done, for the record. */
export interface DoneErasure extends Erasure {
  readonly keyIds: readonly string[];
}

/**
 * Puts an erasure on record: a line of the command's output. Name and reason are also beside the destroyed key. An audit
 * record belongs here.
 */
export function recordErasure(
  { terminal }: CliContext,
  { subject, by, keyIds }: DoneErasure,
  output: 'text' | 'json',
): void {
  if (output === 'text')
    terminal.out(oneLine(`${subject}: ${keyIds.length} data keys were destroyed by ${by}`));
}
