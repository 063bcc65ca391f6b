/** The differences between two JSON Schemas of one event, and what they mean for its publishers. */
import type { JsonSchema } from '../data-schema';
import type { SchemaChange } from './change';
import { BRANCHES, boundChanges, otherChanges, same, typeChanges, valueChanges } from './keywords';

/** Returns the changes from the published schema to the present one. */
export function schemaChanges(before: JsonSchema, now: JsonSchema, path = 'data'): SchemaChange[] {
  const [older, newer] = [alternatives(before), alternatives(now)];
  if (older.length > 1 || newer.length > 1) return alternativeChanges(older, newer, path);
  const ofType = typeChanges(before, now, path);
  // Bounds of different types cannot be compared.
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

/**
 * Each shape that the old schema takes has to fit one that the new schema takes. If it does not, the changes to the
 * nearest shape are reported.
 */
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

/** Pairs of the parts that are in the same place in both schemas. */
function lists(before: JsonSchema, now: JsonSchema, keyword: string): [JsonSchema, JsonSchema][] {
  const [older, newer] = [before[keyword] ?? [], now[keyword] ?? []] as JsonSchema[][];
  return (newer ?? []).map((one, at) => [older?.[at] ?? {}, one]);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
