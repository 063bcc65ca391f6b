import type { Catalogue } from '../contracts';
import { parseEventType, readData } from '../contracts';
import { schemaChanges } from './changes';
import type { DescribedEvent } from './described';
import { compareText, describeEvents, keyIn } from './described';
import type { ContractsLock, LockedContract } from './lock';
import { locked } from './lock';

/**
 * How a contract differs from its published version. `breaking`: it refuses or misreads what publishers send.
 * `unrecorded`: it is new, and has to be accepted. `compatible`: you need not do anything.
 */
export interface ContractChange {
  readonly kind: 'breaking' | 'unrecorded' | 'compatible';
  readonly type: string;
  /** `data.lines[].quantity`; absent if the change is about the event as a whole. */
  readonly path?: string;
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const RECORD = 'record it with --accept';

/** Compares the present contracts with the published ones, by type. */
export function contractChanges(catalogue: Catalogue, lock: ContractsLock): ContractChange[] {
  const present = new Map(describeEvents(catalogue).map((event) => [event.type, event]));
  const types = [...new Set([...present.keys(), ...Object.keys(lock.contracts)])].sort(compareText);
  return types.flatMap((type): ContractChange[] => {
    const [event, before] = [present.get(type), lock.contracts[type]];
    if (!event) return [goneVersion(type)];
    if (!before) return [{ kind: 'unrecorded', type, what: 'is a new version', remedy: RECORD }];
    const remedy = remedyFor(type);
    return changesOf(event, before).map((change) => ({
      ...change,
      type,
      ...(change.kind === 'breaking' && { remedy }),
    }));
  });
}

/**
 * Returns the lock with the present contracts. For a type with breaking changes it keeps the published contract, unless
 * the type is named.
 *
 * @param broken types whose breaking changes are accepted, because nobody publishes or reads them yet, or any more
 */
export function acceptedLock(
  catalogue: Catalogue,
  lock: ContractsLock,
  broken: ReadonlySet<string>,
): ContractsLock {
  const changes = contractChanges(catalogue, lock);
  const refused = new Set(
    changes.filter(({ kind, type }) => kind === 'breaking' && !broken.has(type)).map(({ type }) => type),
  );
  const kept = Object.entries(lock.contracts).filter(([type]) => refused.has(type));
  const taken = describeEvents(catalogue)
    .filter(({ type }) => !refused.has(type))
    .map((event) => [event.type, locked(event)] as const);
  return {
    contracts: Object.fromEntries([...kept, ...taken].sort(([one], [other]) => compareText(one, other))),
  };
}

function goneVersion(type: string): ContractChange {
  const remedy = `keep it until nobody publishes it any more; then --accept-breaking ${type}`;
  return { kind: 'breaking', type, what: 'a published version is gone', remedy };
}

function remedyFor(type: string): string {
  const next = type.replace(/\d+$/, String((parseEventType(type)?.major ?? 0) + 1));
  return `leave this version as it is, and make ${next} with an upcast from it (docs/events.md)`;
}

type Unnamed = Omit<ContractChange, 'type' | 'remedy'> & Pick<ContractChange, 'remedy'>;

function changesOf(event: DescribedEvent, before: LockedContract): Unnamed[] {
  const now = locked(event);
  const breaking = (what: string, path?: string): Unnamed => ({
    kind: 'breaking',
    what,
    ...(path !== undefined && { path }),
  });
  const differences: Unnamed[] = [];
  if (now.subject !== before.subject)
    differences.push(breaking(`its subject was ${before.subject}, and is ${now.subject}`));
  if (now.key !== before.key)
    differences.push(breaking(`its key was ${before.key}, and is ${now.key}`, 'key'));
  else if (keyIn(event.contract, before.example) !== before.exampleKey)
    differences.push(breaking(`the published example had the key ${before.exampleKey}`, 'key'));
  if (now.unknownFields === 'refused' && before.unknownFields === 'stripped')
    differences.push(breaking('unknown fields were left out, and are refused', 'unknownFields'));
  differences.push(
    ...schemaChanges(before.schema, now.schema).map(({ kind, path, what }): Unnamed => {
      if (kind === 'breaking') return breaking(what, path);
      if (kind === 'addition' && now.unknownFields === 'refused') {
        const remedy = `${RECORD}; this contract refuses what it does not know, so release it before anybody sends the field`;
        return { kind: 'unrecorded', path, what, remedy };
      }
      return { kind: 'compatible', path, what };
    }),
    ...newRules(before, now).map(({ path, rule }) => breaking(`a rule in code is new: ${rule}`, path)),
  );
  if (differences.some(({ kind }) => kind === 'breaking')) return differences;
  // Rules in code may change without a change of their words, so the published example has to pass them.
  const reading = readData(event.contract, before.example);
  if (reading.ok) return differences;
  const { detail, path } = reading.rejection;
  return [...differences, breaking(`the published example is refused: ${detail}`, path)];
}

/**
 * Returns the rules that are new. A rule that was there as often as now is not new, even if it has no words of its own.
 */
function newRules(before: LockedContract, now: LockedContract) {
  const old = before.rules.map(({ path, rule }) => `${path} ${rule}`);
  const fields = schemaPaths(before);
  return now.rules.filter(({ path, rule }) => {
    const at = old.indexOf(`${path} ${rule}`);
    if (at >= 0) old.splice(at, 1);
    // A rule of a new field comes with the field.
    return at < 0 && fields.has(path);
  });
}

/** The paths in a schema, as its rules name them. */
function schemaPaths({ schema }: LockedContract): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    found.add(path);
    for (const [keyword, inner] of Object.entries(part as Record<string, unknown>)) {
      if (keyword === 'properties') {
        for (const [name, property] of Object.entries(inner as object)) walk(property, `${path}.${name}`);
      } else if (keyword === 'items') walk(inner, `${path}[]`);
      else if (Array.isArray(inner)) {
        for (const [at, one] of inner.entries())
          walk(one, keyword === 'prefixItems' ? `${path}[${at}]` : path);
      }
    }
  };
  walk(schema, 'data');
  return found;
}
