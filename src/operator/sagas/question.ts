import { z } from 'zod';
import type { Saga } from '../../adapters/temporal';
import { detailsOf, querySaga } from '../../adapters/temporal';
import { STUCK } from '../../contracts';
import type { OperatorContext } from '../context';

export const DECISIONS = ['retry', 'skip', 'done-by-hand'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** Decimal places of a currency: ISO 4217 has 4 at most. */
const MOST_DIGITS = 6;

/** The question of a saga. A workflow of another version may ask in another form: such a question is not interpreted. */
const question = z.object({
  state: z.string(),
  /** The step, compensation or flush that cannot be done. */
  what: z.string(),
  message: z.string(),
  since: z.string(),
  decisions: z.array(z.enum(DECISIONS)),
  /** A decision other than `retry` needs two people. */
  fourEyes: z.literal(true).optional(),
  /** The money at risk. A value that makes no sense hides no question. */
  value: z
    .object({
      amount: z.int(),
      currency: z.string().regex(/^[A-Z]{3}$/),
      digits: z.int().min(0).max(MOST_DIGITS),
    })
    .optional()
    .catch(undefined),
});

/** A question of a saga to a person. Two questions of one run differ in their time. */
export type Question = z.infer<typeof question>;

export type Asked =
  | { readonly kind: 'asks'; readonly question: Question }
  /** It continues by itself, or waits for something that no decision replaces; its own words say which. */
  | { readonly kind: 'asks-nothing'; readonly words: string }
  /** No worker has answered in time (`silent`), or this version does not understand the answer. */
  | { readonly kind: 'unknown'; readonly why: string; readonly silent?: true };

/** Asks the saga for its present question, which takes earlier decisions into account. */
export async function whatIsAsked(context: Pick<OperatorContext, 'temporal'>, saga: Saga): Promise<Asked> {
  const temporal = await context.temporal();
  const answer = await querySaga(temporal, saga, STUCK);
  switch (answer.kind) {
    case 'silent':
      return {
        kind: 'unknown',
        why: `no worker of "${saga.workflow}" has answered: ${answer.why}`,
        silent: true,
      };
    case 'unknown':
      return { kind: 'unknown', why: `the code of "${saga.workflow}" asks nobody` };
    case 'answered': {
      if (answer.value === null || answer.value === undefined) {
        return { kind: 'asks-nothing', words: await detailsOf(temporal, saga) };
      }
      const parsed = question.safeParse(answer.value);
      if (parsed.success) return { kind: 'asks', question: parsed.data };
      return { kind: 'unknown', why: `"${saga.workflow}" asks in a way that this version does not know` };
    }
  }
}
