import { somebodyWasFaster } from './edit';
import type { Operation } from './operation';
import { record } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';
import { showLetter } from './show';

type Parts = Pick<DeadLetterParts, 'letters' | 'operations' | 'append' | 'clock'>;

/**
 * Records that nothing more is to be done with a letter. It stays in its stream.
 *
 * @throws RefusedError where it is not open
 */
export async function discardLetter(
  parts: Parts,
  sequence: number,
  { by, why }: { by: string; why: string },
): Promise<Operation> {
  const { letter, past, state } = await showLetter(parts, sequence);
  if (state !== 'open') throw new RefusedError('not-open', `dead letter ${sequence} was ${state} already`);
  const recorded = await record(parts.append, letter, past, { kind: 'discarded', by, why }, parts.clock());
  if (!recorded) throw somebodyWasFaster(sequence);
  return recorded;
}
