import { z } from 'zod';
import type { CodeRule, JsonSchema } from './data-schema';
import type { DescribedEvent } from './described';

/** One published version: all that a publisher or a reader could rely on. */
export interface LockedContract {
  readonly subject: string;
  readonly unknownFields: 'stripped' | 'refused';
  /** Data that was valid; `exampleKey` is its correlation key. */
  readonly example: unknown;
  readonly exampleKey: string;
  readonly key: string;
  readonly schema: JsonSchema;
  readonly rules: readonly CodeRule[];
}

/** `contracts.lock.json`: the published versions by type. */
export interface ContractsLock {
  readonly contracts: Readonly<Record<string, LockedContract>>;
}

const jsonSchema = z.record(z.string(), z.unknown());
const lockFile = z.object({
  contracts: z.record(
    z.string(),
    z.object({
      subject: z.string(),
      unknownFields: z.enum(['stripped', 'refused']),
      example: z.unknown(),
      exampleKey: z.string(),
      key: z.string(),
      schema: jsonSchema,
      rules: z.array(z.object({ path: z.string(), rule: z.string() })),
    }),
  ),
});

export const EMPTY_LOCK: ContractsLock = { contracts: {} };

/**
 * Reads a lock file.
 *
 * @throws z.ZodError, or SyntaxError, if the text is not a lock file
 */
export function readLock(text: string): ContractsLock {
  return lockFile.parse(JSON.parse(text));
}

export function locked({
  contract,
  subject,
  unknownFields,
  key,
  schema,
  rules,
}: DescribedEvent): LockedContract {
  return {
    subject,
    key: key.kind === 'field' ? key.field : 'computed',
    unknownFields,
    example: contract.example,
    exampleKey: contract.key(contract.example),
    schema: withoutWords(schema) as JsonSchema,
    rules,
  };
}

/** Removes descriptions, which may change freely. A field may be called `description`, so only texts are removed. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !(name === 'description' && typeof inner === 'string'))
      .map(([name, inner]: [string, unknown]) => [name, withoutWords(inner)]),
  );
}
