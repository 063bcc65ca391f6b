import { z } from 'zod';
import type { Saga } from '../adapters/temporal';
import { detailsOf, querySaga } from '../adapters/temporal';
import { ACCUMULATOR_STATES, COMPENSATION_STUCK, STEP_STUCK, STUCK } from '../contracts';
import type { World } from './world';

/** States in which a saga waits for a person: those of the engine, and the one that domains give their own questions. */
export const STUCK_STATES: readonly string[] = [
  COMPENSATION_STUCK,
  STEP_STUCK,
  'awaiting-decision',
  ACCUMULATOR_STATES.flushStuck,
];

export const DECISIONS = ['retry', 'skip', 'done-by-hand'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** Workflows of another version may say more, or say it otherwise: what is not understood is not guessed at. */
const question = z.object({
  state: z.string(),
  /** The step, compensation or flush that cannot be done. */
  what: z.string(),
  message: z.string(),
  since: z.string(),
  decisions: z.array(z.enum(DECISIONS)),
});

/** What a saga asks a person. Two questions of one run are told apart by their time. */
export type Question = z.infer<typeof question>;

export type Asked =
  | { readonly kind: 'asks'; readonly question: Question }
  /** It goes on by itself, or waits for something that no decision replaces; its own words say which. */
  | { readonly kind: 'asks-nothing'; readonly words: string }
  /** Nobody can say at this moment. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What a saga asks now; a decision that was sent before is taken into account. */
export async function whatIsAsked(world: World, saga: Saga): Promise<Asked> {
  const temporal = await world.temporal();
  const answer = await querySaga(temporal, saga, STUCK);
  switch (answer.kind) {
    case 'silent':
      return { kind: 'unknown', why: `no worker of "${saga.workflow}" has answered: ${answer.why}` };
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
