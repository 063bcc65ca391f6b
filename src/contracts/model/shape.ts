import { z } from 'zod';
import { pathText } from './issue';

/** The parts of shapes of code: what the types refuse too, but only where the compiler sees the declaration. */
export const text = z
  .string({ error: 'must be a text' })
  .min(1, { error: 'must be a text that is not empty', abort: true });
export const flag = z.boolean({ error: 'must be true or false' });
export const code = z.custom<object>((value) => typeof value === 'function', 'must be a function');

export const listOf = <Item extends z.ZodType>(item: Item, what: string) =>
  z.array(item, { error: `must be a list of ${what}` });

/** An object that has these members and may have others. */
export const partsOf = <Shape extends z.ZodRawShape>(shape: Shape, what: string) =>
  z.looseObject(shape, { error: `must be ${what}` });

/** An object that has no other members: a member that is misspelt would do nothing. */
export const onlyPartsOf = <Shape extends z.ZodRawShape>(shape: Shape, what: string) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no member ${issue.keys.map((key) => `"${key}"`).join(', ')}; correct the name, or drop it`
        : `must be ${what}`,
  });

/** Whether settings are a schema of zod's; of which copy of zod, does not matter. */
export const settingsShape = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value,
  'must be an object of zod, z.object({ … })',
);

/**
 * Everything in a declaration that has another form than its type says.
 *
 * @param at name of the declaration, with which each line begins
 */
export function shapeProblems(shape: z.ZodType, value: unknown, at: string): string[] {
  const { error } = shape.safeParse(value);
  return (error?.issues ?? []).map((issue) => {
    const { path, message } = issue;
    const place = [at, pathText(path)].filter((part) => part !== '').join(': ') || 'the configuration';
    if (issue.code === 'unrecognized_keys') return `${place}: it ${message}`;
    return `${place}: ${message}${seen(path, value)}`;
  });
}

/** What is at a path instead. A part of a list that is not there comes from two files that import each other. */
function seen(path: readonly PropertyKey[], value: unknown): string {
  let found = value;
  for (const step of path) found = (found as Readonly<Record<PropertyKey, unknown>>)[step];
  if (found === undefined && typeof path.at(-1) === 'number')
    return '; it is undefined: look for two files that import each other, or a wrong name of an import';
  if (found === undefined) return '; it is missing';
  return found === null || typeof found !== 'string'
    ? `; it is ${found === null ? 'null' : Array.isArray(found) ? 'a list' : `of type ${typeof found}`}`
    : `; it is "${found}"`;
}
