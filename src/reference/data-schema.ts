import { z } from 'zod';
import type { EventContract } from '../contracts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

/** A rule of one value that JSON Schema cannot express, in words. */
export interface CodeRule {
  /** `data.lines[].sku`; `data` for the whole. */
  readonly path: string;
  readonly rule: string;
}

export interface DataSchema {
  /** What publishers may send, as JSON Schema. Rules in code are part of the descriptions. */
  readonly schema: JsonSchema;
  readonly rules: readonly CodeRule[];
}

/** AsyncAPI's tools read draft 7 only. */
type Draft = 'draft-2020-12' | 'draft-07';

const PERSONAL = 'Personal data: encrypted where the project has keys for it.';
const UNNAMED_RULE = 'has a rule in code that is not put into words';
const CONVERTED = 'is converted by code, which may refuse more than this';

/**
 * Makes the JSON Schema of a contract's data, by zod. It adds rules in code (`refine`, `superRefine`, `transform`) to
 * the descriptions: the words of `.meta({ rules })`, or the message of a `refine`, or that there is a rule. Unknown
 * fields are allowed if the contract strips them.
 */
export function dataSchemaOf(
  { schema, unknownFields }: Pick<EventContract, 'schema' | 'unknownFields'>,
  draft: Draft = 'draft-2020-12',
): DataSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    target: draft,
    override: ({ zodSchema, jsonSchema }) => {
      const rules = new Set([
        ...((jsonSchema['rules'] ?? []) as string[]),
        ...inCode(zodSchema, 'rules' in jsonSchema),
      ]);
      if (rules.size > 0) jsonSchema['rules'] = [...rules];
    },
  }) as JsonSchema;
  const rules: CodeRule[] = [];
  const described = withRulesInWords(made, 'data', rules, unknownFields === 'refused');
  delete described['$schema'];
  return { schema: described, rules };
}

/**
 * Returns the rules in code of a schema, in words.
 *
 * @param areNamed whether the schema's metadata has words for the rules without a message
 */
function* inCode({ _zod: { def } }: z.core.$ZodTypes, areNamed: boolean): Generator<string> {
  for (const check of def.checks ?? []) {
    if (check._zod.def.check !== 'custom') continue;
    const message = messageOf(check._zod.def);
    if (message !== undefined) yield message;
    else if (!areNamed) yield UNNAMED_RULE;
  }
  const isConverted = def.type === 'pipe' && (def.out as z.core.$ZodTypes)._zod.def.type === 'transform';
  if (isConverted && !areNamed) yield CONVERTED;
}

/** zod makes a function of the message of a `refine`. A message that depends on the value is not used here. */
function messageOf({ error }: z.core.$ZodCheckDef): string | undefined {
  const message = error?.length === 0 ? error({} as never) : undefined;
  return typeof message === 'string' ? message : message?.message;
}

/** Copies a schema and all schemas in it, adds the rules in code to the descriptions, and collects them. */
function withRulesInWords(
  schema: JsonSchema,
  path: string,
  found: CodeRule[],
  isStrict: boolean,
): JsonSchema {
  const { rules = [], description, personal, ...rest } = schema;
  const ofCode = rules as string[];
  found.push(...ofCode.map((rule) => ({ path, rule })));
  const inWords = ofCode.length > 0 ? `Checked by code: ${ofCode.join('; ')}.` : '';
  const words = [description, personal === true && PERSONAL, inWords].filter(Boolean).join(' ');
  const copy: JsonSchema = { ...(words !== '' && { description: words }), ...rest };
  if (copy['additionalProperties'] === false && !isStrict) delete copy['additionalProperties'];
  for (const [keyword, inner] of Object.entries(copy)) {
    if (keyword === 'properties') {
      copy[keyword] = Object.fromEntries(
        Object.entries(inner as Record<string, JsonSchema>).map(([name, property]) => [
          name,
          withRulesInWords(property, `${path}.${name}`, found, isStrict),
        ]),
      );
    } else if (keyword === 'items' && typeof inner === 'object') {
      copy[keyword] = Array.isArray(inner)
        ? inner.map((item, at) => withRulesInWords(item as JsonSchema, `${path}[${at}]`, found, isStrict))
        : withRulesInWords(inner as JsonSchema, `${path}[]`, found, isStrict);
    } else if (keyword === 'prefixItems') {
      copy[keyword] = (inner as JsonSchema[]).map((item, at) =>
        withRulesInWords(item, `${path}[${at}]`, found, isStrict),
      );
    } else if (BRANCHES.has(keyword)) {
      copy[keyword] = (inner as JsonSchema[]).map((one) => withRulesInWords(one, path, found, isStrict));
    }
  }
  return copy;
}

const BRANCHES: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf']);
