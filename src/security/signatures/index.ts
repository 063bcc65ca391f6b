/** Signed events: who has signed the bytes of an event, and whether he may speak for its source (docs/signed-events.md). */
import type { CheckSignature, Log, SignEvent } from '../../contracts';
import { watchedFile } from '../tokens/watched-file';
import type { CheckOptions } from './check';
import { createSignatureCheck } from './check';
import { parsePublicKeys } from './public-keys';
import { createSigner } from './sign';
import { parseSigningKey } from './signing-key';

export { parseEntries } from './public-keys';
export type { PublicKeyEntry } from './public-keys';
export { newSigningKey } from './signing-key';

interface Surroundings {
  readonly audience: string;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Makes the function that signs events with the key of a file, which is read again when it changes.
 *
 * @throws InvalidConfigError if the file cannot be read
 */
export function openSigner(file: string, { audience, now, log }: Surroundings): SignEvent {
  const key = watchedFile({ setting: 'EVENT_SIGNING_KEY_FILE', file, parse: parseSigningKey, now, log });
  const sign = createSigner({ key, audience, now });
  return (body) => sign(body);
}

/**
 * Makes the check of signatures by the public keys of a file, which is read again when it changes.
 *
 * @throws InvalidConfigError if the file cannot be read
 */
export function openSignatureCheck(
  file: string,
  options: Surroundings & Pick<CheckOptions, 'mode' | 'count' | 'maxAgeMs'>,
): CheckSignature {
  const { now, log } = options;
  const keys = watchedFile({ setting: 'EVENT_SIGNING_KEYS_FILE', file, parse: parsePublicKeys, now, log });
  return createSignatureCheck({ ...options, keys });
}
