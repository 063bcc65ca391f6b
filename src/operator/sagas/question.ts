import { z } from 'zod';
import type { Saga } from '../../adapters/temporal';
import { detailsOf, querySaga } from '../../adapters/temporal';
import type { WorkflowDefinition } from '../../contracts';
import { BATCHER_STATES, COMPENSATION_STUCK, STEP_STUCK, STUCK } from '../../contracts';
import type { OperatorContext } from '../context';

/** States of the engine: every workflow in one of them waits for a person. */
const ENGINE_STATES: readonly string[] = [COMPENSATION_STUCK, STEP_STUCK, BATCHER_STATES.flushStuck];

/**
 * States in which some workflow of the project waits for a person. In another workflow the same state may mean something else.
 */
export function statesOfWaiting({ processes }: Pick<OperatorContext, 'processes'>): readonly string[] {
  return [...new Set([...ENGINE_STATES, ...processes.flatMap(statesOf)])];
}

/** Whether the workflow waits for a person in this state, according to its own definition. */
export function waitsForPerson(
  { processes }: Pick<OperatorContext, 'processes'>,
  { workflow, state }: Pick<Saga, 'workflow' | 'state'>,
): boolean {
  const definition = processes.find(({ name }) => name === workflow);
  return ENGINE_STATES.includes(state) || (definition !== undefined && statesOf(definition).includes(state));
}

function statesOf(definition: WorkflowDefinition): readonly string[] {
  return definition.batches ? [] : (definition.waitsForPerson ?? []);
}

export const DECISIONS = ['retry', 'skip', 'done-by-hand'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

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
});

/** A question of a saga to a person. Two questions of one run differ in their time. */
export type Question = z.infer<typeof question>;

export type Asked =
  | { readonly kind: 'asks'; readonly question: Question }
  /** It continues by itself, or waits for something that no decision replaces; its own words say which. */
  | { readonly kind: 'asks-nothing'; readonly words: string }
  /** No worker has answered, or this version does not understand the answer. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Asks the saga for its present question, which takes earlier decisions into account. */
export async function whatIsAsked(context: Pick<OperatorContext, 'temporal'>, saga: Saga): Promise<Asked> {
  const temporal = await context.temporal();
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
