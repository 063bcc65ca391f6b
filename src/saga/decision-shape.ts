import type { Approved, Decision } from '../contracts/names/saga';

/**
 * Reads a decision; `undefined` if it is not valid. A person may send anything in a signal, and an invalid signal must
 * not fail the workflow task.
 */
export function decisionIn(given: unknown): Decision | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { kind, reason, about, since } = given as Readonly<Record<string, unknown>>;
  if (!isTextOrNone(about) || !isTextOrNone(since)) return undefined;
  const aim = { ...(about !== undefined && { about }), ...(since !== undefined && { since }) };
  if (kind === 'retry') return { kind, ...aim };
  if ((kind === 'skip' || kind === 'done-by-hand') && typeof reason === 'string' && reason !== '')
    return { kind, reason, ...aim };
  return undefined;
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** Whether an update has the names and records of two people. */
export function isApproved(given: unknown): boolean {
  const { by, audit, approvedBy, approval } = given as { readonly [Name in keyof Approved]?: unknown };
  const isName = (name: unknown) => typeof name === 'string' && name.trim() !== '';
  return (
    isName(by) &&
    isName(approvedBy) &&
    by !== approvedBy &&
    isRecord(audit) &&
    isRecord(approval) &&
    audit !== approval
  );
}

function isRecord(sequence: unknown): boolean {
  return Number.isSafeInteger(sequence) && (sequence as number) > 0;
}
