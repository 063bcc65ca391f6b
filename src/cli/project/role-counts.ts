import { InvalidArgumentError } from 'commander';
import type { RoleCounts } from '../../runtime/local';

/** More processes of one role are a typing error on one machine. */
const MOST = 20;

/** Reads `payments=3`, or several with commas between them, on top of what was read before. */
export function readWorkerCounts(text: string, before: RoleCounts = {}): RoleCounts {
  const counts = text.split(',').map((part) => {
    const [pool = '', count] = part.split('=').map((piece) => piece.trim());
    if (count === undefined) throw new InvalidArgumentError(`say how many: ${pool}=2.`);
    return [`worker:${pool}`, readCount(count)] as const;
  });
  return { ...before, ...Object.fromEntries(counts) };
}

/** A pool that does not exist has no processes. @returns what is wrong, or `undefined` */
export function unknownPool(counts: RoleCounts, pools: readonly string[]): string | undefined {
  const unknown = Object.keys(counts).find((role) => !pools.includes(role.replace(/^worker:/, '')));
  if (unknown === undefined) return undefined;
  return `there is no pool "${unknown.replace(/^worker:/, '')}"; there are ${pools.join(', ')}`;
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${MOST}.`);
}
