import type { PublishedMessage } from '../contracts';
import { SIGNATURE_HEADER } from '../contracts';
import type { DeadLetterParts } from './ports';
import type { DeadLetterFile } from './show';

/**
 * The message of a redrive with its signature. The event as it was published keeps the one that it came with. An edited
 * event has new bytes, and one that a workflow has dead-lettered was encoded anew: the operator signs both, if he has a
 * key.
 */
export async function signedMessage(
  { sign }: Pick<DeadLetterParts, 'sign'>,
  { message, deadLetter, past }: DeadLetterFile,
): Promise<PublishedMessage> {
  const isAnew = deadLetter.workflow !== undefined || past.operations.some(({ kind }) => kind === 'edited');
  if (!sign || !isAnew) return message;
  return { ...message, headers: { ...message.headers, [SIGNATURE_HEADER]: [await sign(message.body)] } };
}
