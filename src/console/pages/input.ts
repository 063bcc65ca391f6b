/** The fields of forms and queries. What is empty was not given. */
import { z } from 'zod';
import { isCorrelationKey, REASONS } from '../../contracts';
import { isBuildId, isWorkflowId, OperatorError } from '../../operator';

/** A reason goes into records that stay: one text, not a document. */
const MAX_REASON = 2_000;

const empty = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? undefined : value);

export const optional = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(empty, schema.optional());
export const sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const reason = z.string().trim().min(1).max(MAX_REASON);
export const key = z.string().refine(isCorrelationKey, 'is no correlation key');
export const workflowId = z.string().refine(isWorkflowId, 'is no id of a workflow');
export const deadLetterReason = z.string().refine((name) => Object.hasOwn(REASONS, name), 'is no reason');
/** A word of a subject. */
export const word = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is one word of letters, digits, "_" and "-"');
export const buildId = z.string().refine(isBuildId, 'is no build id');
export const line = z.string().max(500);

/** @throws OperatorError `invalid`, with the names of the fields */
export function read<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new OperatorError('invalid', problems.join('; '));
}
