/** What operators do with dead letters, on record. */
import { createHash } from 'node:crypto';
import type { Operation, Redriven } from '../../dead-letters';
import { discardDeadLetter, editDeadLetter, redriveDeadLetter } from '../../dead-letters';
import type { OperatorContext } from '../context';
import { sealedBody } from './sealed-body';

/** How the audit names a dead letter. */
export const deadLetterTarget = (sequence: number) => `dead-letter ${sequence}`;

/** Records that nothing is to be done with a dead letter. @throws RefusedError and those of the audit */
export async function discardOnRecord(
  context: OperatorContext,
  sequence: number,
  why: string,
): Promise<Operation> {
  const parts = await context.deadLetters();
  const about = { action: 'dead-letters.discard', target: deadLetterTarget(sequence), details: { why } };
  return context.auditing.change(about, (recorded) =>
    discardDeadLetter(parts, sequence, { ...recorded, why }),
  );
}

/** Sends the event of a dead letter once more. @throws RefusedError and those of the audit */
export async function redriveOnRecord(
  context: OperatorContext,
  sequence: number,
  {
    route,
    again,
    vouch,
    why,
  }: {
    readonly route?: string | undefined;
    readonly again?: true | undefined;
    readonly vouch?: true | undefined;
    readonly why?: string | undefined;
  },
): Promise<Redriven> {
  const parts = await context.deadLetters();
  const details = { route, again, vouch, why };
  const about = { action: 'dead-letters.redrive', target: deadLetterTarget(sequence), details };
  return context.auditing.change(
    about,
    (recorded) => redriveDeadLetter(parts, sequence, { ...recorded, ...details }),
    ({ operation }) => ({ event: operation.sequence, stream: operation.stream }),
  );
}

/** Records what is redriven instead of a dead letter's own event. @throws RefusedError and those of the audit */
export async function editOnRecord(
  context: OperatorContext,
  sequence: number,
  given: {
    readonly body: Uint8Array;
    readonly subject?: string | undefined;
    readonly why?: string | undefined;
  },
): Promise<Operation> {
  const parts = await context.deadLetters();
  const { subject, why } = given;
  const body = await sealedBody(context, given.body);
  // The event may have personal data, the audit stays for good: it has the event's hash.
  const details = { sha256: createHash('sha256').update(body).digest('hex'), subject, why };
  const about = { action: 'dead-letters.edit', target: deadLetterTarget(sequence), details };
  return context.auditing.change(about, (recorded) =>
    editDeadLetter(parts, sequence, { ...recorded, body, subject, why }),
  );
}
