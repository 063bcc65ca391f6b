import { createUser } from 'nkeys.js';

/** A user of NATS that proves itself with a key pair: the server knows the public key only. */
export interface NatsUser {
  readonly publicKey: string;
  readonly seed: string;
}

export function newNatsUser(): NatsUser {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}
