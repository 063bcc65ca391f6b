import type { PublishedMessage } from '../contracts';
import { decodePublished, decodeSigned, SIGNATURE_HEADER } from '../contracts';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';
import type { DeadLetterFile } from './show';
import { originalMessage } from './show';

/**
 * The message of a redrive with its signature. The event as it was published keeps the one that it came with. The operator
 * signs what he answers for, if he has a key: an event that he has edited, and one without a signature that counts, such
 * as one of a workflow's dead letter, if he vouches for it. Nobody else knows who has sent that.
 *
 * @throws RefusedError `unsigned` if he vouches and has no key
 */
export async function signedMessage(
  { sign, catalogue, checkSignature }: Pick<DeadLetterParts, 'sign' | 'catalogue' | 'checkSignature'>,
  { message, past }: DeadLetterFile,
  vouch: boolean,
): Promise<{ readonly message: PublishedMessage; readonly vouched: boolean }> {
  const isEdited = past.operations.some(({ kind }) => kind === 'edited');
  const vouched = !isEdited && vouch && !decodeSigned(message, catalogue, checkSignature?.(message)).ok;
  if (vouched && !sign)
    throw new RefusedError('unsigned', 'to vouch for an event takes a key: set EVENT_SIGNING_KEY_FILE');
  if (!sign || !(isEdited || vouched)) return { message, vouched: false };
  const headers = { ...message.headers, [SIGNATURE_HEADER]: [await sign(message.body)] };
  return { message: { ...message, headers }, vouched };
}

/** Reasons of a refusal that an operator may answer for. */
export const NO_SIGNATURE: readonly string[] = ['invalid-signature', 'forbidden-signer'];

/** `unchecked`: here no keys are known. `invalid`: nothing proves who has sent the event. */
export type DeadLetterSignature =
  | { readonly state: 'unchecked' }
  | { readonly state: 'valid'; readonly keyId: string }
  | { readonly state: 'invalid'; readonly why: string };

/** Checks the signature of a dead letter's event as it came, as consumers check it now. */
export function signatureOf(
  { catalogue, checkSignature }: Pick<DeadLetterParts, 'catalogue' | 'checkSignature'>,
  { deadLetter }: Pick<DeadLetterFile, 'deadLetter'>,
): DeadLetterSignature {
  const message = originalMessage(deadLetter);
  const checked = checkSignature?.(message);
  if (!checked) return { state: 'unchecked' };
  if (!checked.ok) return { state: 'invalid', why: checked.rejection.detail };
  if (checked.keyId === undefined)
    return { state: 'invalid', why: 'faults are only reported here, in the log' };
  const decoding = decodePublished(message, catalogue);
  const problem = decoding.ok ? checked.sourceProblem(decoding.event.source) : undefined;
  return problem ? { state: 'invalid', why: problem.detail } : { state: 'valid', keyId: checked.keyId };
}
