import { FlattenedSign } from 'jose';
import type { ContentType, ProtectedHeader } from './format';
import { ALGORITHM, TYPE } from './format';
import type { SigningKey } from './signing-key';

export interface SignOptions {
  /** The key as it is now. */
  readonly key: () => SigningKey;
  /** The deployment that the events are for. */
  readonly audience: string;
  readonly now: () => number;
}

/** Signs the exact bytes of a body. @returns a detached JWS, for one header */
export type SignBody = (body: Uint8Array, contentType?: ContentType) => Promise<string>;

export function createSigner({ key: current, audience, now }: SignOptions): SignBody {
  return async (body, contentType = 'cloudevents+json') => {
    const { kid, key } = current();
    const header: ProtectedHeader = {
      ...{ alg: ALGORITHM, typ: TYPE, cty: contentType, kid, aud: audience },
      ...{ iat: Math.floor(now() / 1_000), b64: false, crit: ['b64'] },
    };
    const signed = await new FlattenedSign(body).setProtectedHeader(header).sign(key);
    return `${signed.protected ?? ''}..${signed.signature}`;
  };
}
