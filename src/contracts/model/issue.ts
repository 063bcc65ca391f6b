import type { z } from 'zod';

/** Error map for zod's parsers: a missing value `is missing`, where zod's own text is about types. */
export const inWords: z.core.$ZodErrorMap = ({ code, input }) =>
  code === 'invalid_type' && input === undefined ? 'is missing' : undefined;

/** An answer that repeats thousands of unknown fields would be larger than the request. */
const MOST_NAMED = 10;
const LONGEST_NAME = 100;

/** zod's own text, which names all. */
function unrecognised(keys: readonly string[]): string {
  const names = keys.slice(0, MOST_NAMED).map((key) => JSON.stringify(shortened(key)));
  const more = keys.length - names.length;
  const rest = more > 0 ? `, and ${more} more` : '';
  return `Unrecognized key${keys.length > 1 ? 's' : ''}: ${names.join(', ')}${rest}`;
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

/** The first issue of an error, and its path below `root`. */
export function firstIssue(
  error: z.ZodError,
  ...root: (string | number)[]
): { detail: string; path: string | undefined } {
  const [issue] = error.issues;
  return {
    detail:
      issue?.code === 'unrecognized_keys' ? unrecognised(issue.keys) : (issue?.message ?? error.message),
    path: pathText([...root, ...(issue?.path ?? [])]) || undefined,
  };
}

/** `['data', 'lines', 0, 'quantity']` → `data.lines[0].quantity`; empty for the whole. */
export function pathText(steps: readonly PropertyKey[]): string {
  const text = steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${shortened(String(step))}`))
    .join('');
  return text.replace(/^\./, '');
}
