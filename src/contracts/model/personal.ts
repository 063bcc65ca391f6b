import { z } from 'zod';
import type { Personal } from '../names/personal';
import { isSealed, sealedParts } from '../names/personal';
import type { Rejection } from '../names/reasons';
import type { EventContract } from './event';

/** In the metadata of a schema, and in the JSON Schema that publishers read. */
const MARK = 'personal';

/**
 * Marks a field as personal data of the contract's data subject. Publishers send it in clear; processes get it
 * encrypted, and open it in an activity. The whole value is encrypted as one, and there are no marks within it.
 *
 * @example
 * z.strictObject({ customerId: z.string().max(64), email: personal(z.email().max(254)) });
 */
export function personal<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<Personal<z.output<Schema>>, z.input<Schema>> {
  // A publisher's value is always in clear; `readData` puts a sealed one back after the schema has checked the rest.
  return schema.meta({ ...schema.meta(), [MARK]: true }) as unknown as z.ZodType<
    Personal<z.output<Schema>>,
    z.input<Schema>
  >;
}

/**
 * The schema of an activity's input that may be a sealed value.
 *
 * @example
 * const sendMail = z.object({ to: sealedOr(z.email()) });
 */
export function sealedOr<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<Personal<z.output<Schema>>, Personal<z.input<Schema>>> {
  const sealed = z.string().refine(isSealed, 'is no encrypted value');
  return z.union([sealed, schema]) as unknown as z.ZodType<
    Personal<z.output<Schema>>,
    Personal<z.input<Schema>>
  >;
}

type Path = readonly string[];
type JsonSchema = Readonly<Record<string, unknown>>;

const pathsBySchema = new WeakMap<z.ZodType, readonly Path[]>();

/** The paths of the personal fields of a contract's data. */
export function personalPaths(schema: z.ZodType): readonly Path[] {
  const known = pathsBySchema.get(schema);
  if (known) return known;
  const paths = [...marked(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), [])];
  pathsBySchema.set(schema, paths);
  return paths;
}

function* marked(schema: JsonSchema, path: Path): Generator<Path> {
  if (schema[MARK] === true) yield path;
  else {
    for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>))
      yield* marked(inner, [...path, name]);
    if (typeof schema['items'] === 'object') yield* marked(schema['items'] as JsonSchema, [...path, '[]']);
    for (const word of ['anyOf', 'oneOf', 'allOf'])
      for (const branch of (schema[word] ?? []) as JsonSchema[]) yield* marked(branch, path);
  }
}

export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    data,
  );
}

/** A copy of the data with another value at a path that it has. */
export function withValueAt(data: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value;
  const object = data as Record<string, unknown>;
  return { ...object, [name]: withValueAt(object[name], rest, value) };
}

/** A contract, or one in the making without personal fields. */
type Marked<Data> = Pick<EventContract<string, Data>, 'schema'> &
  Partial<Pick<EventContract<string, Data>, 'example'>>;

/** Data in which the example's values stand for sealed ones, so that the schema can check the rest of it. */
export function withStandIns<Data>({ schema, example }: Marked<Data>, given: unknown) {
  const sealed = personalPaths(schema)
    .map((path) => ({ path, value: valueAt(given, path) }))
    .filter(({ value }) => isSealed(value));
  return {
    data: sealed.reduce((data, { path }) => withValueAt(data, path, valueAt(example, path)), given),
    /** Puts the sealed values back into the checked data. */
    restore: (checked: Data): Data =>
      sealed.reduce<unknown>((data, { path, value }) => withValueAt(data, path, value), checked) as Data,
  };
}

/** What is wrong with the personal fields of a contract. */
export function personalProblems<Data>(contract: EventContract<string, Data>, example: Data): string[] {
  const paths = personalPaths(contract.schema);
  if (paths.length === 0)
    return contract.subject === undefined
      ? []
      : [
          'it names a data subject, and no field of its schema is personal; mark the fields, or drop `subject`',
        ];
  if (typeof contract.subject !== 'function')
    return [`its ${inWords(paths)} is personal, and nothing says whose; add \`subject: (data) => data.id\``];
  const problems = paths.flatMap((path) => {
    if (path.length === 0 || path.includes('[]'))
      return [`data.${path.join('.')}: a part of a list cannot be personal by itself; mark the whole list`];
    return valueAt(example, path) === undefined
      ? [`data.${path.join('.')} is personal and missing in the example; checks need it there`]
      : [];
  });
  if (problems.length > 0) return problems;
  return subjectProblems(contract, example, paths);
}

/** Subject and key are read of encrypted events, too: they must not be made of what is encrypted. */
function subjectProblems<Data>(
  contract: EventContract<string, Data>,
  example: Data,
  paths: readonly Path[],
): string[] {
  const blind = paths.reduce<unknown>((data, path) => withValueAt(data, path, undefined), example) as Data;
  const read = (part: (data: Data) => unknown, data: Data): unknown => {
    try {
      return part(data);
    } catch {
      return undefined;
    }
  };
  const subject = (data: Data) => contract.subject?.(data);
  const key = (data: Data) => contract.key(data);
  const whose = read(subject, example);
  if (typeof whose !== 'string' || whose === '') return ['its subject of the example is not a text'];
  return [
    ...(read(subject, blind) === whose ? [] : ['its subject is made of a personal field; use an id']),
    ...(read(key, blind) === read(key, example) ? [] : ['its key is made of a personal field; use an id']),
  ];
}

function inWords(paths: readonly Path[]): string {
  return paths.map((path) => path.join('.')).join(', ');
}

/**
 * The refusal of stored data with a sealed value of another data subject. Who copies a value from one event to another
 * does not get it opened there.
 *
 * @param hash the hash with which the tags of sealed values are made
 */
export function sealedForAnother(
  contract: EventContract,
  data: unknown,
  hash: (text: string) => string,
): Rejection | undefined {
  const paths = contract.subject ? personalPaths(contract.schema) : [];
  for (const path of paths) {
    const parts = sealedParts(valueAt(data, path));
    if (parts && parts.subjectTag !== hash(subjectTagText(parts.keyId, contract.subject?.(data) ?? '')))
      return {
        reason: 'invalid-data',
        detail: 'was encrypted for another data subject',
        path: `data.${path.join('.')}`,
      };
  }
  return undefined;
}

/** What the tag of a sealed value is the hash of. */
export function subjectTagText(keyId: string, subject: string): string {
  return `${keyId}\n${subject}`;
}
