import type { DomainEvent, Route } from '../contracts';
import { workflowIdOf } from '../contracts';
import type { Delivered } from './deliver';

/** The attributes of a dispatch: the same names as the fields of the log. */
export function dispatchAttributes({ key }: DomainEvent, { name, workflow }: Route) {
  return {
    'sagaline.route': name,
    'temporal.workflow_type': workflow.name,
    'temporal.workflow_id': workflowIdOf(workflow, key),
  };
}

/** What a span says of the outcome of an event. A dead letter is a failure, with its reason. */
export function toldOf(end: { readonly outcome: string; readonly reason?: string | undefined } | Delivered) {
  const reason = 'rejection' in end ? end.rejection.reason : 'reason' in end ? end.reason : undefined;
  return {
    attributes: { 'sagaline.outcome': end.outcome },
    ...(end.outcome === 'dead-letter' && { error: `dead letter: ${reason ?? ''}` }),
  };
}
