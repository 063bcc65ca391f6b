import type { z } from 'zod';
import type { EventContract } from './event';
import { firstIssue, inWords } from './issue';
import { withStandIns } from './personal';
import type { Rejection } from '../names/reasons';

export type DataReading<Data> =
  | {
      readonly ok: true;
      readonly data: Data;
      /**
       * Fields that the contract does not know, without indexes: `lines[].colour`. They are not in `data`. At most
       * {@link MOST_STRIPPED} are named.
       */
      readonly stripped: readonly string[];
    }
  | { readonly ok: false; readonly rejection: Rejection };

const NOTHING: readonly string[] = [];
/** A publisher may send thousands of unknown fields. A metric names fewer. */
export const MOST_STRIPPED = 100;
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
    data = without(data, treeOf(unknown));
    for (const path of unknown) {
      if (stripped.size === MOST_STRIPPED) break;
      stripped.add(path.map(withoutIndex).join('').replace(/^\./, ''));
    }
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

/** Paths by their steps; a leaf is a field to remove. */
type Tree = ReadonlyMap<PropertyKey, Branch>;
type Branch = Map<PropertyKey, Branch>;

function treeOf(paths: readonly Path[]): Tree {
  const root: Branch = new Map();
  for (const path of paths) {
    let branch = root;
    for (const step of path) {
      const next: Branch = branch.get(step) ?? new Map<PropertyKey, Branch>();
      branch.set(step, next);
      branch = next;
    }
  }
  return root;
}

/**
 * A copy of the value without these fields. Each object is copied once, whatever the number of fields. Unchanged parts
 * are shared with the original.
 */
function without(value: unknown, fields: Tree): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => {
      const inner = fields.get(at);
      return inner ? without(item, inner) : item;
    });
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
      const inner = fields.get(name);
      if (!inner) return [[name, item]];
      return inner.size === 0 ? [] : [[name, without(item, inner)]];
    }),
  );
}

function withoutIndex(step: PropertyKey): string {
  return typeof step === 'number' ? '[]' : `.${String(step)}`;
}
