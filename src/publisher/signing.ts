import type { Log, SignEvent } from '../contracts';
import { openSigner } from '../security/signatures';

/** The key with which a producer signs its events. */
export interface Signing {
  /** The file of the private key, as `sagaline keys signing create` makes it. It is read again when it changes. */
  readonly keyFile: string;
  /** The name of the deployment that the events are for, which the operator gives you. */
  readonly audience: string;
}

/** @throws InvalidConfigError if the file cannot be read */
export function signerOf(signing: Signing | undefined, log: Log): SignEvent | undefined {
  return signing && openSigner(signing.keyFile, { audience: signing.audience, now: Date.now, log });
}
