import { visible } from '../contracts';

/** Bytes in a form that programs can read: as JSON or text if possible, otherwise as base64. */
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

/** Formats a payload for a terminal, without the control characters that others may have put into it. */
export function payloadText(payload: Payload): string {
  if ('json' in payload) return visible(JSON.stringify(payload.json, null, 2));
  return 'text' in payload ? visible(payload.text) : `(base64) ${payload.base64}`;
}
