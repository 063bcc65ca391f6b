import { InvalidArgumentError } from 'commander';
import type { RoleCounts } from '../../runtime/local';
import { MOST_PROCESSES, roleNamed } from '../../runtime/local/role-names';

/** Without a process, work waits and nothing says why; a pause has an author, a reason and an end. */
const TO_PAUSE = 'to stop work for a while, pause it with "sagaline switches pause"';

/** Parses `payments=3`, or several such pairs with commas between them, and adds them to the earlier ones. */
export function readWorkerCounts(text: string, before: RoleCounts = {}): RoleCounts {
  const counts = text.split(',').map((part) => {
    const [pool = '', count] = part.split('=').map((piece) => piece.trim());
    if (count === undefined) throw new InvalidArgumentError(`say how many: ${pool}=2.`);
    return [`worker:${pool}`, readCount(count)] as const;
  });
  return { ...before, ...Object.fromEntries(counts) };
}

/** Parses `payments=3` or `bridges=2`, and adds it to the earlier ones. */
export function readRoleCount(text: string, before: RoleCounts = {}): RoleCounts {
  const [name = '', count] = text.split('=').map((piece) => piece.trim());
  if (count === undefined) throw new InvalidArgumentError(`say how many: ${name}=2.`);
  return { ...before, [roleNamed(name)]: readCount(count) };
}

/** Checks that every pool exists. @returns the problem, or `undefined` */
export function unknownPool(counts: RoleCounts, pools: readonly string[]): string | undefined {
  const unknown = Object.keys(counts).find((role) => !pools.includes(role.replace(/^worker:/, '')));
  if (unknown === undefined) return undefined;
  return `there is no pool "${unknown.replace(/^worker:/, '')}"; there are ${pools.join(', ')}`;
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_PROCESSES) return count;
  const range = `it must be a whole number from 1 to ${MOST_PROCESSES}`;
  // An empty text is the number 0.
  const none = text.trim() !== '' && count <= 0 ? `; ${TO_PAUSE}` : '';
  throw new InvalidArgumentError(`${range}${none}.`);
}
