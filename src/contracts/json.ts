import type { Rejection } from './reasons';
import { isStorable } from './text';

/** Real events nest a handful of levels; parsers and recursive checks stay safe far above that. */
export const MAX_JSON_DEPTH = 32;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const FORBIDDEN_KEY = { reason: 'forbidden-key', detail: 'this key is not allowed' } as const;
const FORBIDDEN_TEXT = {
  reason: 'forbidden-text',
  detail: 'the text contains a NUL character or half of a surrogate pair',
} as const;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

export type JsonReading =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly rejection: Rejection };

/**
 * JSON of a stranger. Depth is measured on the bytes before anything is parsed, UTF-8 is decoded strictly, and keys
 * that reach for a prototype, and texts that PostgreSQL could not store, are refused rather than dropped.
 */
export function readJson(bytes: Uint8Array): JsonReading {
  if (depthOf(bytes) > MAX_JSON_DEPTH) {
    return refuse({ reason: 'too-deep', detail: `nested deeper than ${MAX_JSON_DEPTH} levels` });
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse({ reason: 'not-json', detail: error instanceof Error ? error.message : String(error) });
  }
  const rejection = forbiddenPlace(value, '');
  return rejection ? refuse(rejection) : { ok: true, value };
}

function refuse(rejection: Rejection): JsonReading {
  return { ok: false, rejection };
}

/** The deepest nesting of arrays and objects, without parsing. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(byte)) depth--;
  }
  return deepest;
}

function forbiddenPlace(value: unknown, path: string): Rejection | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : { ...FORBIDDEN_TEXT, path };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!Array.isArray(value) && FORBIDDEN_KEYS.has(key)) return { ...FORBIDDEN_KEY, path: place };
    const found = forbiddenPlace(inner, place);
    if (found) return found;
  }
  return undefined;
}
