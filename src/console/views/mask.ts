import { z } from 'zod';
import type { EventContract } from '../../contracts';
import { isCloudEventAttribute, personalPaths } from '../../contracts';
import { fieldsOf } from '../../reference/fields';

/** What stands for a value that nobody has asked to see. */
export const MASK = '•••••• (personal data)';

/**
 * A CloudEvent without what may be personal data, if its contract marks any. A value is shown where the contract has a field of its
 * type that is not marked. Everything else is masked: in an event that does not fit, an address may be in any place.
 */
export function masked(event: unknown, contract: EventContract): unknown {
  const personal = personalPaths(contract.schema);
  if (personal.length === 0) return event;
  if (!isObject(event)) return MASK;
  const shown = shownFields(contract, new Set(personal.map((path) => path.join('.'))));
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => {
      if (name === 'data') return [name, maskedAt(value, '', shown)];
      return [
        name,
        (isCloudEventAttribute(name) && typeof value !== 'object') || !isPlace(value) ? value : MASK,
      ];
    }),
  );
}

/** The types of the fields that are shown, by their paths such as `lines[].sku`. */
function shownFields(
  { schema }: EventContract,
  personal: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const fields = fieldsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const isPersonal = (path: string) =>
    [...personal].some((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`));
  return new Map(
    fields.filter(({ path }) => !isPersonal(path)).map(({ path, type }) => [path, type.split(' or ')]),
  );
}

function maskedAt(value: unknown, path: string, shown: ReadonlyMap<string, readonly string[]>): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => maskedAt(each, `${path}[]`, shown));
  if (isObject(value)) {
    if (path !== '' && shown.get(path)?.includes('any') === true) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each], at) => [
        NAME.test(name) ? name : `${MASK} ${at + 1}`,
        maskedAt(each, path === '' ? name : `${path}.${name}`, shown),
      ]),
    );
  }
  return !isPlace(value) || shown.get(path)?.some((type) => isOf(type, value)) === true ? value : MASK;
}

/** The name of a field, also of a misspelt one: it is shown, because it is often what is wrong. */
const NAME = /^[A-Za-z_]\w{0,40}$/;

/** Whether a value has room for a person's name, address or number. */
function isPlace(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean' && value !== '';
}

function isOf(type: string, value: unknown): boolean {
  return type === 'any' || type === typeof value || (type === 'integer' && typeof value === 'number');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
