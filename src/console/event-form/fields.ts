/** The fields of a form that makes an event's data, from the JSON Schema of its contract. */
import type { EventContract } from '../../contracts';
import { isCorrelationKey, readData, valueAt, withValueAt } from '../../contracts';
import type { Field } from '../../reference/fields';
import { fieldsOf } from '../../reference/fields';
import type { JsonSchema } from '../../reference/data-schema';
import { dataSchemaOf } from '../../reference/data-schema';

/** How a value is entered. `json`: lists, unions and whatever else has no field of its own. */
export type FieldKind =
  | { readonly kind: 'text' | 'number' | 'boolean' | 'json' }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] };

export interface FormField {
  readonly path: readonly string[];
  /** As the form sends it: `data.address.city`; `data` for the whole. */
  readonly name: string;
  readonly input: FieldKind;
  readonly required: boolean;
  /** What the contract says of it, in words. */
  readonly hints: readonly string[];
  /** Its value in the contract's example; `undefined` if the example does not have it. */
  readonly example: unknown;
}

/** The fields of a contract's data, the outer ones first. */
export function formFields(contract: EventContract): FormField[] {
  const { schema } = dataSchemaOf(contract);
  const described = new Map(fieldsOf(schema).map((field) => [field.path, field]));
  return leavesOf(schema, [], true).map(({ path, input, required }) => ({
    ...{ path, input, required },
    name: ['data', ...path].join('.'),
    hints: hintsOf(described.get(path.join('.'))),
    example: path.length === 0 ? contract.example : valueAt(contract.example, path),
  }));
}

type Leaf = Pick<FormField, 'path' | 'input' | 'required'>;

/** An object with named properties has their fields. Everything else is one field. */
function leavesOf(schema: JsonSchema, path: readonly string[], required: boolean): Leaf[] {
  const { type, properties } = schema;
  const isPlain = !['anyOf', 'oneOf', 'allOf', '$ref'].some((word) => word in schema);
  if (type !== 'object' || typeof properties !== 'object' || !isPlain)
    return [{ path, input: inputOf(schema), required }];
  const needed = new Set((schema['required'] ?? []) as string[]);
  return Object.entries(properties as Record<string, JsonSchema>).flatMap(([name, property]) =>
    leavesOf(property, [...path, name], required && needed.has(name)),
  );
}

function inputOf(schema: JsonSchema): FieldKind {
  const { type, enum: values } = schema;
  if (Array.isArray(values)) return { kind: 'choice', values };
  if ('const' in schema) return { kind: 'choice', values: [schema['const']] };
  if (type === 'string') return { kind: 'text' };
  if (type === 'number' || type === 'integer') return { kind: 'number' };
  return { kind: type === 'boolean' ? 'boolean' : 'json' };
}

function hintsOf(field: Field | undefined): string[] {
  if (!field) return [];
  return [field.type, ...field.rules, ...(field.description === '' ? [] : [field.description])];
}

/**
 * The contract's example with a correlation key of its own, so that a test event reaches no process that exists already; the
 * example as it is if no field holds the key alone.
 *
 * @param unique such as `4f1c22`
 */
export function exampleWithKey(contract: EventContract, unique: string): unknown {
  const { example } = contract;
  const key = contract.key(example);
  const holders = formFields(contract).filter((field) => field.path.length > 0 && field.example === key);
  for (const candidate of [`test-${unique}`, `${key}-${unique}`]) {
    const data = holders.reduce<unknown>((made, { path }) => withValueAt(made, path, candidate), example);
    if (isCorrelationKey(candidate) && readData(contract, data).ok && keyOf(contract, data) === candidate)
      return data;
  }
  return example;
}

function keyOf(contract: EventContract, data: unknown): string | undefined {
  try {
    return contract.key(data);
  } catch {
    return undefined;
  }
}
