import type { z } from 'zod';
import type { EventContract } from './event';
import { firstIssue, inWords } from './issue';
import { withStandIns } from './personal';
import type { Rejection } from '../names/reasons';

export type DataReading<Data> =
  | {
      readonly ok: true;
      readonly data: Data;
      /** Fields that the contract does not know, without indexes: `lines[].colour`. They are not in `data`. */
      readonly stripped: readonly string[];
    }
  | { readonly ok: false; readonly rejection: Rejection };

const NOTHING: readonly string[] = [];
/** Stripping is repeated: which fields of a union are unknown depends on the shape that the object turns out to have. */
const ROUNDS = 4;

/**
 * Checks the data of a publisher against its contract. Schemas are strict. If the contract strips unknown fields,
 * they are removed at any depth, and the rest is checked again. A
 * personal field that is encrypted was checked before it was, and passes.
 */
export function readData<Data>(
  contract: Pick<EventContract<string, Data>, 'schema' | 'unknownFields'> &
    Partial<Pick<EventContract<string, Data>, 'example'>>,
  given: unknown,
): DataReading<Data> {
  const { data: checkable, restore } = withStandIns(contract, given);
  let data = checkable;
  const stripped = new Set<string>();
  for (let round = 0; ; round++) {
    const parsed = contract.schema.safeParse(data, { error: inWords });
    if (parsed.success) {
      return { ok: true, data: restore(parsed.data), stripped: stripped.size > 0 ? [...stripped] : NOTHING };
    }
    const unknown = contract.unknownFields === 'refused' ? [] : unknownFields(parsed.error);
    if (unknown.length === 0 || round === ROUNDS) return { ok: false, rejection: invalid(parsed.error) };
    data = unknown.reduce((value, path) => without(value, path), data);
    for (const path of unknown) stripped.add(path.map(withoutIndex).join('').replace(/^\./, ''));
  }
}

function invalid(error: z.ZodError): Rejection {
  const issue = error.issues[0];
  const { detail, path } = firstIssue(error, 'data');
  if (issue?.code !== 'unrecognized_keys') return { reason: 'invalid-data', detail, path };
  const remedy =
    'this contract refuses what it does not know: leave it out, or publish a version that has it';
  return { reason: 'invalid-data', detail: `${detail}; ${remedy}`, path };
}

type Path = readonly PropertyKey[];

/** The paths of the unknown fields. For a union, those of the first shape in which nothing else is wrong. */
function unknownFields(error: { readonly issues: readonly z.core.$ZodIssue[] }, root: Path = []): Path[] {
  return error.issues.flatMap((issue) => {
    const path = [...root, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
    if (issue.code !== 'invalid_union') return [];
    const shape = issue.errors.find((issues) => issues.every(({ code }) => code === 'unrecognized_keys'));
    return shape ? unknownFields({ issues: shape }, path) : [];
  });
}

/** A copy of the value without the field at this path. Unchanged parts are shared with the original. */
function without(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, at) => (at === step ? without(item, rest) : (item as unknown)));
  const entries = Object.entries(value);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== step)
      : entries.map(([name, inner]) => [name, name === step ? without(inner, rest) : inner]),
  );
}

function withoutIndex(step: PropertyKey): string {
  return typeof step === 'number' ? '[]' : `.${String(step)}`;
}
