import type { StoredDeadLetter } from './stored';
import { deadLetterFrom } from './stored';
import type { DeadLetterState } from './operation';
import { stateOf } from './operation';
import type { Page, PageOptions } from './pages';
import { readPage } from './pages';
import type { DeadLetterParts } from './ports';

export interface DeadLetterFilter extends Omit<PageOptions, 'subjects'> {
  readonly reason?: string | undefined;
  readonly context?: string | undefined;
  readonly key?: string | undefined;
  /** Includes dead letters that were redriven or discarded. */
  readonly all?: boolean | undefined;
}

export type ListedDeadLetter = Omit<StoredDeadLetter, 'body' | 'headers'> & {
  readonly state: DeadLetterState;
  readonly bytes: number;
  readonly headerCount: number;
};

export type DeadLetterPage = Page<ListedDeadLetter>;

/** One page of dead letters; without `all` the open ones only. */
export function listDeadLetters(
  { deadLetters, operations }: Pick<DeadLetterParts, 'deadLetters' | 'operations'>,
  { reason = '*', context = '*', key = '*', all = false, ...page }: DeadLetterFilter,
): Promise<DeadLetterPage> {
  return readPage(deadLetters, { ...page, subjects: `dlq.${reason}.${context}.${key}` }, async (message) => {
    const found = deadLetterFrom(message);
    const state = await stateOf(found, operations);
    if (!all && state !== 'open') return undefined;
    const { body, headers, ...deadLetter } = found;
    return { ...deadLetter, state, bytes: body.byteLength, headerCount: Object.keys(headers).length };
  });
}
