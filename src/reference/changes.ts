import type { JsonSchema } from './data-schema';

/**
 * What a change of a schema means for those who publish: `breaking` refuses what was fine before, `addition` is a new optional field,
 * `wider` takes more than before, which publishers need not notice.
 */
export interface SchemaChange {
  readonly kind: 'breaking' | 'addition' | 'wider';
  /** `data.lines[].quantity`. */
  readonly path: string;
  readonly what: string;
}

/** Keywords that a larger value narrows, and those that a smaller one does. */
const LEAST = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];
const MOST = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];
const BRANCHES = ['anyOf', 'oneOf'];
/** Words for people; unknown fields are compared by the contract's `unknownFields`. */
const SILENT = new Set(['title', 'description', 'default', 'examples', 'deprecated', 'additionalProperties']);
const COMPARED = new Set([
  ...[...LEAST, ...MOST, ...BRANCHES],
  ...['type', 'enum', 'const', 'properties', 'required', 'items', 'prefixItems', 'allOf'],
]);

/** From the schema that was published to the present one. */
export function schemaChanges(before: JsonSchema, now: JsonSchema, path = 'data'): SchemaChange[] {
  const [older, newer] = [alternatives(before), alternatives(now)];
  if (older.length > 1 || newer.length > 1) return alternativeChanges(older, newer, path);
  const ofType = typeChanges(before, now, path);
  // Bounds of one type say nothing beside those of another.
  if (ofType.some(isBreaking)) return ofType;
  return [
    ...ofType,
    ...valueChanges(before, now, path),
    ...boundChanges(before, now, path),
    ...otherChanges(before, now, path),
    ...fieldChanges(before, now, path),
    ...itemChanges(before, now, path),
    ...lists(before, now, 'allOf').flatMap(([one, other]) => schemaChanges(one, other, path)),
  ];
}

/** Each shape that was taken has to fit one that is taken now; what is wrong is told of the nearest one. */
function alternativeChanges(
  older: readonly JsonSchema[],
  newer: readonly JsonSchema[],
  path: string,
): SchemaChange[] {
  const fits = older.map((one) => newer.map((other) => schemaChanges(one, other, path)));
  const broken = fits.filter((each) => each.every((changes) => changes.some(isBreaking)));
  if (broken.length > 0) {
    const reasons = (broken[0] ?? []).map((changes) => changes.filter(isBreaking));
    const [nearest = []] = reasons.sort((one, other) => one.length - other.length);
    if (nearest.length === 1) return nearest;
    const why = nearest.map((change) => `${change.path}: ${change.what}`).join(', ');
    return [{ kind: 'breaking', path, what: `a shape is gone (${why})` }];
  }
  const wider: SchemaChange[] =
    newer.length > older.length ? [{ kind: 'wider', path, what: 'takes another shape' }] : [];
  return [...wider, ...fits.flatMap((each) => each.find((changes) => !changes.some(isBreaking)) ?? [])];
}

const isBreaking = ({ kind }: SchemaChange) => kind === 'breaking';

function alternatives(schema: JsonSchema): JsonSchema[] {
  const keyword = BRANCHES.find((word) => Array.isArray(schema[word]));
  return keyword === undefined ? [schema] : (schema[keyword] as JsonSchema[]).flatMap(alternatives);
}

function typeChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
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

function valueChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
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

function boundChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
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

/** Patterns, formats and whatever else: nobody can tell whether the new one takes all that the old one took. */
function otherChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keywords
    .filter((word) => !SILENT.has(word) && !COMPARED.has(word) && !same(before[word], now[word]))
    .map((word) => {
      const inWords = (schema: JsonSchema) => (word in schema ? JSON.stringify(schema[word]) : 'not set');
      const what = `${word} was ${inWords(before)}, and is ${inWords(now)}`;
      return { kind: word in now ? 'breaking' : 'wider', path, what };
    });
}

function fieldChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const [older, newer] = [fieldsOf(before), fieldsOf(now)];
  const [wasRequired, isRequired] = [requiredOf(before), requiredOf(now)];
  const names = [...new Set([...Object.keys(older), ...Object.keys(newer)])];
  return names.flatMap((name): SchemaChange[] => {
    const place = `${path}.${name}`;
    const [one, other] = [older[name], newer[name]];
    if (!other) return [{ kind: 'breaking', path: place, what: 'the field is gone' }];
    if (!one) {
      return isRequired.has(name)
        ? [{ kind: 'breaking', path: place, what: 'the field is new, and required' }]
        : [{ kind: 'addition', path: place, what: 'the field is new, and optional' }];
    }
    const inside = schemaChanges(one, other, place);
    if (isRequired.has(name) === wasRequired.has(name)) return inside;
    const change: SchemaChange = isRequired.has(name)
      ? { kind: 'breaking', path: place, what: 'the field was optional, and is required' }
      : { kind: 'wider', path: place, what: 'the field was required, and is optional' };
    return [change, ...inside];
  });
}

function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Record<string, JsonSchema>;
}

function requiredOf(schema: JsonSchema): ReadonlySet<string> {
  return new Set((schema['required'] ?? []) as string[]);
}

function itemChanges(before: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
  const [older, newer] = [before['items'], now['items']];
  const ofItems =
    isSchema(older) && isSchema(newer)
      ? schemaChanges(older, newer, `${path}[]`)
      : same(older, newer)
        ? []
        : [{ kind: 'breaking' as const, path, what: 'its items are of another kind' }];
  const [was, is] = [countOf(before), countOf(now)];
  const length: SchemaChange[] =
    was === is ? [] : [{ kind: 'breaking', path, what: `it had ${was} places, and has ${is}` }];
  const places = lists(before, now, 'prefixItems');
  return [
    ...ofItems,
    ...length,
    ...places.flatMap(([one, other], at) => schemaChanges(one, other, `${path}[${at}]`)),
  ];
}

function countOf(schema: JsonSchema): number {
  return ((schema['prefixItems'] ?? []) as unknown[]).length;
}

/** The parts of both that are in the same place. */
function lists(before: JsonSchema, now: JsonSchema, keyword: string): [JsonSchema, JsonSchema][] {
  const [older, newer] = [before[keyword] ?? [], now[keyword] ?? []] as JsonSchema[][];
  return (newer ?? []).map((one, at) => [older?.[at] ?? {}, one]);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
