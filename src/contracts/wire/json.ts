import { errorMessage } from '../names/error-message';
import type { Rejection } from '../names/reasons';
import { isStorable } from '../names/text';

/** Real events nest a few levels; parsers and recursive checks are safe far above this limit. */
export const MAX_JSON_DEPTH = 32;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const FORBIDDEN_KEY = { reason: 'forbidden-key', detail: 'this key is not allowed' } as const;
const FORBIDDEN_TEXT = {
  reason: 'forbidden-text',
  detail: 'the text contains a NUL character or half of a surrogate pair',
} as const;
/**
 * A text that matches none of these contains nothing forbidden, so its values need not be checked one by one: UTF-8
 * cannot encode half of a surrogate pair, JSON has no bare NUL, and only an escape can hide a key.
 */
const SUSPICIOUS = /\\u|__proto__|constructor|prototype/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type JsonReading =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly rejection: Rejection };

/**
 * Parses untrusted JSON. The depth is measured on the bytes before anything is parsed, and UTF-8 is decoded strictly.
 * Keys that could reach a prototype, and texts that PostgreSQL cannot store, are refused rather than dropped.
 */
export function readJson(bytes: Uint8Array): JsonReading {
  if (depthOf(bytes) > MAX_JSON_DEPTH) {
    return refuse({ reason: 'too-deep', detail: `nested deeper than ${MAX_JSON_DEPTH} levels` });
  }
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    return refuse({ reason: 'not-json', detail: errorMessage(error) });
  }
  const rejection = SUSPICIOUS.test(text) ? forbiddenPlace(value, '') : undefined;
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
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) deepest = Math.max(deepest, ++depth);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
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
