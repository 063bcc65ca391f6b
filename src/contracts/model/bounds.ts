import { z } from 'zod';
import { errorMessage } from '../names/error-message';

type JsonSchema = Record<string, unknown>;

/**
 * Finds the values that a schema leaves unbounded: paths with what is missing. The list is empty when every string,
 * number and array has bounds and every object is strict. An unbounded field could make an event larger than a signal
 * may be.
 */
export function unboundedPlaces(schema: z.ZodType): string[] {
  try {
    return [...gaps(z.toJSONSchema(schema, { io: 'input' }), 'data')];
  } catch (error) {
    // JSON cannot carry the value: a Date, a Map or a transformation.
    return [`data: ${errorMessage(error)}`];
  }
}

function* gaps(schema: JsonSchema, path: string): Generator<string> {
  if ('enum' in schema || 'const' in schema) return;
  for (const branch of branches(schema)) yield* gaps(branch, path);
  if (Array.isArray(schema['type'])) {
    for (const type of schema['type'] as string[]) yield* gaps({ ...schema, type }, path);
    return;
  }
  switch (schema['type']) {
    case 'string':
      if (!('maxLength' in schema)) yield `${path}: no maximum length`;
      return;
    case 'number':
    case 'integer':
      if (!('minimum' in schema || 'exclusiveMinimum' in schema)) yield `${path}: no minimum`;
      if (!('maximum' in schema || 'exclusiveMaximum' in schema)) yield `${path}: no maximum`;
      return;
    case 'array':
      if (!('maxItems' in schema)) yield `${path}: no maximum number of items`;
      for (const [at, item] of ((schema['prefixItems'] ?? []) as JsonSchema[]).entries()) {
        yield* gaps(item, `${path}[${at}]`);
      }
      // `false` means that a tuple has no more items.
      if (typeof schema['items'] === 'object') yield* gaps(schema['items'] as JsonSchema, `${path}[]`);
      return;
    case 'object':
      if (schema['additionalProperties'] !== false) yield `${path}: not a strict object`;
      for (const [name, property] of Object.entries(
        (schema['properties'] ?? {}) as Record<string, JsonSchema>,
      )) {
        yield* gaps(property, `${path}.${name}`);
      }
      return;
    case 'boolean':
    case 'null':
      return;
    default:
      if (branches(schema).length === 0) yield `${path}: any value`;
  }
}

function branches(schema: JsonSchema): JsonSchema[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] as JsonSchema[] | undefined) ?? []);
}
