const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

/**
 * Splits a batch (`application/cloudevents-batch+json`) into its events, each as the bytes of one structured event,
 * so that each is read and refused by itself.
 *
 * @returns `undefined` if the bytes are not an array
 */
export function splitBatch(bytes: Uint8Array): Uint8Array[] | undefined {
  const items: Uint8Array[] = [];
  let depth = 0;
  let inString = false;
  let begin = -1;
  let end = -1;
  for (let at = 0; at < bytes.length && end < 0; at++) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    if (depth === 0) {
      if (isSpace(byte)) continue;
      if (byte !== OPEN_ARRAY) return undefined;
      begin = at + 1;
    }
    if (byte === QUOTE) inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    if (depth === 0) end = at;
    if (depth === 0 || (depth === 1 && byte === COMMA)) {
      items.push(bytes.subarray(begin, at));
      begin = at + 1;
    }
  }
  if (end < 0 || bytes[end] !== CLOSE_ARRAY || !isBlank(bytes.subarray(end + 1))) return undefined;
  const [first] = items;
  return items.length === 1 && first && isBlank(first) ? [] : items;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every(isSpace);
}
