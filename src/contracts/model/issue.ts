import type { z } from 'zod';

/** Error map for zod's parsers: a missing value `is missing`, where zod's own text is about types. */
export const inWords: z.core.$ZodErrorMap = ({ code, input }) =>
  code === 'invalid_type' && input === undefined ? 'is missing' : undefined;

/** The first issue of an error, and its path below `root`. */
export function firstIssue(
  error: z.ZodError,
  ...root: (string | number)[]
): { detail: string; path: string | undefined } {
  const [issue] = error.issues;
  return {
    detail: issue?.message ?? error.message,
    path: pathText([...root, ...(issue?.path ?? [])]) || undefined,
  };
}

/** `['data', 'lines', 0, 'quantity']` → `data.lines[0].quantity`; empty for the whole. */
export function pathText(steps: readonly PropertyKey[]): string {
  const text = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '');
}
