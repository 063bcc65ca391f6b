import type { JsonSchema } from '../data-schema';
import type { SchemaChange } from './change';

/** Keywords for which a larger value takes less, and keywords for which a smaller value takes less. */
const LEAST = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];
const MOST = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];
/** Keywords that list shapes; a value has to fit one of them. */
export const BRANCHES = ['anyOf', 'oneOf'];
/**
 * Keywords that are not compared: words for people, and `additionalProperties`, because the contract's `unknownFields`
 * is compared instead.
 */
const SILENT = new Set(['title', 'description', 'default', 'examples', 'deprecated', 'additionalProperties']);
const COMPARED = new Set([
  ...[...LEAST, ...MOST, ...BRANCHES],
  ...['type', 'enum', 'const', 'properties', 'required', 'items', 'prefixItems', 'allOf'],
]);

export function typeChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const [older, newer] = [typesOf(before), typesOf(now)];
  if (newer.length === 0 || same(older, newer)) return [];
  const takesAll = older.length > 0 && older.every((type) => takes(newer, type));
  const what = `its type was ${older.join(' or ') || 'any'}, and is ${newer.join(' or ')}`;
  return [{ kind: takesAll ? 'wider' : 'breaking', path, what }];
}

function takes(types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

function typesOf({ type }: JsonSchema): string[] {
  return type === undefined ? [] : ([type].flat() as string[]).sort();
}

export function valueChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const [older, newer] = [valuesOf(before), valuesOf(now)];
  if (!newer) return older ? [{ kind: 'wider', path, what: 'takes other values too' }] : [];
  if (!older) return [{ kind: 'breaking', path, what: `takes these values only: ${newer.join(', ')}` }];
  const gone = older.filter((value) => !newer.includes(value));
  const more = newer.filter((value) => !older.includes(value));
  return [
    ...(gone.length > 0
      ? [{ kind: 'breaking' as const, path, what: `the value ${gone.join(', ')} is gone` }]
      : []),
    ...(more.length > 0 ? [{ kind: 'wider' as const, path, what: `takes ${more.join(', ')} too` }] : []),
  ];
}

function valuesOf(schema: JsonSchema): string[] | undefined {
  return rawValuesOf(schema)?.map((value) => JSON.stringify(value));
}

function rawValuesOf(schema: JsonSchema): unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

export function boundChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  return [...LEAST, ...MOST].flatMap((keyword): SchemaChange[] => {
    const [older, newer] = [before[keyword] as number | undefined, now[keyword] as number | undefined];
    if (older === newer) return [];
    const unbounded = LEAST.includes(keyword) ? -Infinity : Infinity;
    const [was, is] = [older ?? unbounded, newer ?? unbounded];
    const values = rawValuesOf(before);
    const narrows = values
      ? values.some((value) => isOutside(keyword, newer, value))
      : LEAST.includes(keyword)
        ? is > was
        : is < was;
    const what = `${keyword} was ${older ?? 'not set'}, and is ${newer ?? 'not set'}`;
    return [{ kind: narrows ? 'breaking' : 'wider', path, what }];
  });
}

function isOutside(keyword: string, bound: number | undefined, value: unknown): boolean {
  // JSON Schema counts code points.
  const size =
    typeof value === 'string' ? Array.from(value).length : typeof value === 'number' ? value : undefined;
  if (bound === undefined || size === undefined) return false;
  switch (keyword) {
    case 'exclusiveMinimum':
      return size <= bound;
    case 'exclusiveMaximum':
      return size >= bound;
    default:
      return LEAST.includes(keyword) ? size < bound : size > bound;
  }
}

/**
 * Changes of patterns, formats and all other keywords: it cannot be decided whether the new one takes all that the old
 * one took.
 */
export function otherChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keywords
    .filter((word) => !SILENT.has(word) && !COMPARED.has(word) && !same(before[word], now[word]))
    .map((word) => {
      const inWords = (schema: JsonSchema) => (word in schema ? JSON.stringify(schema[word]) : 'not set');
      const what = `${word} was ${inWords(before)}, and is ${inWords(now)}`;
      return { kind: word in now ? 'breaking' : 'wider', path, what };
    });
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
