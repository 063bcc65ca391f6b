import type { Letter } from './letter';
import { letterFrom } from './letter';
import type { LetterState } from './operation';
import { stateOf } from './operation';
import type { Page, PageOptions } from './pages';
import { readPage } from './pages';
import type { DeadLetterParts } from './ports';

export interface LetterFilter extends Omit<PageOptions, 'subjects'> {
  readonly reason?: string | undefined;
  readonly context?: string | undefined;
  readonly key?: string | undefined;
  /** Also those that were redriven or discarded. */
  readonly all?: boolean | undefined;
}

export type ListedLetter = Omit<Letter, 'body' | 'headers'> & {
  readonly state: LetterState;
  readonly bytes: number;
  readonly headerCount: number;
};

export type LetterPage = Page<ListedLetter>;

/** One page of dead letters; without `all` the open ones only. */
export function listLetters(
  { letters, operations }: Pick<DeadLetterParts, 'letters' | 'operations'>,
  { reason = '*', context = '*', key = '*', all = false, ...page }: LetterFilter,
): Promise<LetterPage> {
  return readPage(letters, { ...page, subjects: `dlq.${reason}.${context}.${key}` }, async (message) => {
    const found = letterFrom(message);
    const state = await stateOf(found, operations);
    if (!all && state !== 'open') return undefined;
    const { body, headers, ...letter } = found;
    return { ...letter, state, bytes: body.byteLength, headerCount: Object.keys(headers).length };
  });
}
