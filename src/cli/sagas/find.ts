import { InvalidArgumentError } from 'commander';
import { isWorkflowId } from '../../operator';

/** Parses a workflow id: one token of a subject, as the ids of all workflows of events are. */
export function workflowIdArgument(text: string): string {
  if (isWorkflowId(text)) return text;
  throw new InvalidArgumentError('The id of a workflow is one word: <process>-<key>.');
}
