import { InvalidArgumentError } from 'commander';
import { pools } from '../workers/pools';
import type { RoleCounts } from '../workers/local';

/** So many processes of one role are a typing error on one machine. */
const MOST = 20;

/** Reads `payments=3`, or several with commas between them, on top of what was read before. */
export function readWorkerCounts(text: string, before: RoleCounts = {}): RoleCounts {
  const counts = text.split(',').map((part) => {
    const [pool = '', count] = part.split('=').map((piece) => piece.trim());
    if (!Object.hasOwn(pools, pool)) {
      throw new InvalidArgumentError(
        `there is no pool "${pool}"; there are ${Object.keys(pools).join(', ')}.`,
      );
    }
    if (count === undefined) throw new InvalidArgumentError(`say how many: ${pool}=2.`);
    return [`worker:${pool}`, readCount(count)] as const;
  });
  return { ...before, ...Object.fromEntries(counts) };
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${MOST}.`);
}
