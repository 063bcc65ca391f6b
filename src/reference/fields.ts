import type { JsonSchema } from './data-schema';

/** One entry of an event's list of fields. */
export interface Field {
  /** `lines[].sku`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** Bounds, patterns and formats, in words. */
  readonly rules: readonly string[];
  readonly description: string;
}

/** Longer lists of values are cut: the JSON Schema has them all. */
const MOST_VALUES = 8;

/** The fields of data, the outer ones first. */
export function fieldsOf(schema: JsonSchema, path = ''): Field[] {
  const required = new Set((schema['required'] ?? []) as string[]);
  return [
    ...Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(
      ([name, property]) => fieldAt(property, path === '' ? name : `${path}.${name}`, required.has(name)),
    ),
    ...branchesOf(schema).flatMap((branch) => fieldsOf(branch, path)),
  ];
}

function fieldAt(schema: JsonSchema, path: string, required: boolean): Field[] {
  const { items } = schema;
  const field = {
    path,
    type: typeOf(schema),
    required,
    rules: rulesOf(schema),
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
  };
  const isList = typeof items === 'object' && items !== null && !Array.isArray(items);
  return [field, ...fieldsOf(schema, path), ...(isList ? itemsOf(items as JsonSchema, `${path}[]`) : [])];
}

/** Items that are objects are described by their fields. */
function itemsOf(items: JsonSchema, path: string): Field[] {
  return items['type'] === 'object' && items['description'] === undefined
    ? fieldsOf(items, path)
    : fieldAt(items, path, true);
}

function typeOf(schema: JsonSchema): string {
  const { type } = schema;
  if (Array.isArray(type)) return type.join(' or ');
  if (typeof type === 'string') return type;
  if ('const' in schema) return typeof schema['const'];
  const ofBranches = [...new Set(branchesOf(schema).map(typeOf))];
  return ofBranches.length > 0 ? ofBranches.join(' or ') : 'any';
}

function rulesOf(schema: JsonSchema): string[] {
  const { enum: values, const: only, pattern, format } = schema;
  const range = (least: unknown, most: unknown, unit: string) =>
    least === undefined && most === undefined
      ? []
      : [
          `${least === undefined ? 'up to' : `${text(least)} to`} ${most === undefined ? '…' : text(most)}${unit}`,
        ];
  return [
    ...('const' in schema ? [`\`${text(only)}\``] : []),
    ...(Array.isArray(values) ? [valuesInWords(values)] : []),
    ...range(schema['minLength'], schema['maxLength'], ' characters'),
    ...range(schema['minimum'], schema['maximum'], ''),
    ...range(schema['minItems'], schema['maxItems'], ' items'),
    ...(typeof schema['exclusiveMinimum'] === 'number' ? [`above ${schema['exclusiveMinimum']}`] : []),
    ...(typeof schema['exclusiveMaximum'] === 'number' ? [`below ${schema['exclusiveMaximum']}`] : []),
    ...(typeof schema['multipleOf'] === 'number' ? [`a multiple of ${schema['multipleOf']}`] : []),
    ...(typeof format === 'string' ? [format] : []),
    // The pattern of a format repeats the format, at length.
    ...(typeof pattern === 'string' && format === undefined ? [`\`${pattern}\``] : []),
  ];
}

function valuesInWords(values: readonly unknown[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => `\`${text(value)}\``);
  const more = values.length - shown.length;
  return `one of ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] as JsonSchema[] | undefined) ?? []);
}
