import { REASONS } from '../../contracts';

/** What a reason means; of one that another version has written, nothing is known. */
export function meaningOf(reason: string): string {
  const known: Readonly<Record<string, { readonly meaning: string }>> = REASONS;
  return Object.hasOwn(known, reason) ? (known[reason]?.meaning ?? '') : '';
}
