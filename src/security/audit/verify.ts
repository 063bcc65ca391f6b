import type { AuditRecord } from './record';
import { FIRST_PREVIOUS_HASH, hashOf } from './record';

/** The last record at some time. Kept elsewhere, it proves later that nothing up to it was changed or cut off. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What is not as it was written, by the sequence of the record. */
export type AuditFinding =
  /** Its content does not have its hash. */
  | { readonly kind: 'changed'; readonly sequence: number }
  /** The next record has another hash of it: one of the two was replaced, with a hash of its own. */
  | { readonly kind: 'unlinked'; readonly sequence: number; readonly next: number }
  /** This record and those up to `last` are not there. */
  | { readonly kind: 'missing'; readonly sequence: number; readonly last: number }
  /** Its sequence was there before. */
  | { readonly kind: 'out-of-order'; readonly sequence: number }
  /** It is not the record of the kept head: the chain was made anew up to it. */
  | { readonly kind: 'another-chain'; readonly sequence: number };

/** Checks records one after the other, in constant memory. */
export interface Verification {
  /** Takes the next record; returns what is wrong with it or with the one before. */
  next(record: AuditRecord): AuditFinding[];
  /** Ends the check; returns what is missing at the end. */
  end(): AuditFinding[];
  /** The last record that was taken. */
  head(): AuditHead | undefined;
}

/**
 * Begins the check of a chain from its first record. What was cut off at the end, or made anew as a whole, shows only
 * against a head that was kept elsewhere.
 *
 * @param kept a head that `sagaline audit head` has printed earlier
 */
export function beginVerification(kept?: AuditHead): Verification {
  let last: (AuditHead & { readonly isItself: boolean }) | undefined;
  let keptFound = false;

  function next(record: AuditRecord): AuditFinding[] {
    const { sequence, hash } = record;
    const before = last ?? { sequence: 0, hash: FIRST_PREVIOUS_HASH, isItself: true };
    const expected = before.sequence + 1;
    if (sequence < expected) return [{ kind: 'out-of-order', sequence }];
    const isItself = hashOf(record) === hash;
    const findings: AuditFinding[] = [];
    if (sequence > expected) findings.push({ kind: 'missing', sequence: expected, last: sequence - 1 });
    // A record that is wrong in itself proves nothing about its neighbours.
    else if (isItself && before.isItself && record.previousHash !== before.hash)
      findings.push({ kind: 'unlinked', sequence: before.sequence, next: sequence });
    if (!isItself) findings.push({ kind: 'changed', sequence });
    if (sequence === kept?.sequence) {
      keptFound = true;
      if (isItself && hash !== kept.hash) findings.push({ kind: 'another-chain', sequence });
    }
    last = { sequence, hash, isItself };
    return findings;
  }

  return {
    next,
    end: () => {
      if (kept === undefined || keptFound) return [];
      const sequence = (last?.sequence ?? 0) + 1;
      // A head within a gap is reported with the gap.
      return kept.sequence < sequence ? [] : [{ kind: 'missing', sequence, last: kept.sequence }];
    },
    head: () => last && { sequence: last.sequence, hash: last.hash },
  };
}

const HEAD = /^([1-9]\d{0,15}):([0-9a-f]{64})$/;

/** Reads `<sequence>:<hash>`; `undefined` if it is none. */
export function headIn(text: string): AuditHead | undefined {
  const [, sequence, hash] = HEAD.exec(text) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

/** Writes a head as `<sequence>:<hash>`. */
export function headText({ sequence, hash }: AuditHead): string {
  return `${sequence}:${hash}`;
}
