import { visible } from '../contracts';

/** Bytes as a program can read them: as JSON or text where they are, otherwise as base64. */
export type Payload = { readonly json: unknown } | { readonly text: string } | { readonly base64: string };

export function payloadOf(bytes: Uint8Array): Payload {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { text };
  }
}

/** For a terminal: no control character of a stranger reaches it. */
export function payloadText(payload: Payload): string {
  if ('json' in payload) return visible(JSON.stringify(payload.json, null, 2));
  return 'text' in payload ? visible(payload.text) : `(base64) ${payload.base64}`;
}
