import { createHash } from 'node:crypto';

const PSEUDONYM_DIGITS = 16;

/** Records of the audit stay for good: they do not name whose data was read or erased, though who knows the id finds it there. */
export function pseudonymOf(subject: string): string {
  return `data subject ${createHash('sha256').update(subject).digest('hex').slice(0, PSEUDONYM_DIGITS)}`;
}
