import { oneLine } from './text';

const LENGTH = 300;
/** Longer failures are cut before they are searched for ids. */
const READ_LENGTH = 1_000;
const WORD = /[\w.:/-]+/g;
/** Words with a digit are ids or addresses, except short ones: a status code tells causes apart. */
const SHORT = 4;

/** A failure without what differs from one workflow to the next, such as ids and addresses. */
export function causeIn(failure: string): string {
  return oneLine(failure.slice(0, READ_LENGTH))
    .replace(WORD, (word) => (word.length > SHORT && /\d/.test(word) ? '…' : word))
    .slice(0, LENGTH);
}
