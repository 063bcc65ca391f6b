import { BATCHER_STATES, COMPENSATION_STUCK, STEP_STUCK } from '../names/saga';
import type { WorkflowDefinition } from './route';

/** States of the engine: every workflow in one of them waits for a person. */
const ENGINE_STATES: readonly string[] = [COMPENSATION_STUCK, STEP_STUCK, BATCHER_STATES.flushStuck];

/**
 * States in which some workflow of the project waits for a person. In another workflow the same state may mean
 * something else.
 */
export function statesOfWaiting(processes: readonly WorkflowDefinition[]): readonly string[] {
  return [...new Set([...ENGINE_STATES, ...processes.flatMap(statesOf)])];
}

/** Whether the workflow waits for a person in this state, according to its own definition. */
export function waitsForPerson(
  processes: readonly WorkflowDefinition[],
  { workflow, state }: { readonly workflow: string; readonly state: string },
): boolean {
  const definition = processes.find(({ name }) => name === workflow);
  return ENGINE_STATES.includes(state) || (definition !== undefined && statesOf(definition).includes(state));
}

function statesOf(definition: WorkflowDefinition): readonly string[] {
  return definition.batches ? [] : (definition.waitsForPerson ?? []);
}
