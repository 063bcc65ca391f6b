import { somebodyWasFaster } from './edit';
import type { Operation } from './operation';
import { record } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';
import { showDeadLetter } from './show';

type Parts = Pick<DeadLetterParts, 'deadLetters' | 'operations' | 'append' | 'clock'>;

/**
 * Records that nothing more is to be done with a dead letter. It stays in its stream.
 *
 * @throws RefusedError if it is not open
 */
export async function discardDeadLetter(
  parts: Parts,
  sequence: number,
  { by, audit, why }: { by: string; audit?: number | undefined; why: string },
): Promise<Operation> {
  const { deadLetter, past, state } = await showDeadLetter(parts, sequence);
  if (state !== 'open') throw new RefusedError('not-open', `dead letter ${sequence} was ${state} already`);
  const recorded = await record(
    parts.append,
    deadLetter,
    past,
    { kind: 'discarded', by, audit, why },
    parts.clock(),
  );
  if (!recorded) throw somebodyWasFaster(sequence);
  return recorded;
}
