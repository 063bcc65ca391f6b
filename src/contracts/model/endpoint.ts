import type { RoutedDomain } from './catalogue';
import type { EventContract } from './event';
import { originOf } from './origin';
import type { ProcessDefinition } from './route';

/** An HTTP endpoint that answers when the process that the request opens has accepted or refused. */
export interface Endpoint {
  /** The path of the endpoint, of the form `/name`. */
  readonly path: string;
  /** The event that opens the process. Its data is the body of the request. */
  readonly event: EventContract;
  readonly workflow: ProcessDefinition;
  /** Reasons of a refusal that mean that another event already uses the key: the endpoint answers 409 instead of 422. */
  readonly conflicts?: readonly string[];
}

/** The answer of a process to the request that opened it. */
export type EndpointAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reason: string; readonly detail: string };

/** The gateway's own paths. */
const TAKEN = /^\/(events|webhooks)(\/|$)/;

export function endpointProblems({ endpoints = [], routes }: RoutedDomain): string[] {
  return endpoints.flatMap(({ path, event, workflow }) => {
    const problems: string[] = [];
    if (!/^\/[a-z][a-z0-9-]*$/.test(path) || TAKEN.test(path)) {
      problems.push('its path must be of the form /name, and none of the gateway’s own');
    }
    const opens = routes.some(
      (route) =>
        route.event.type === event.type &&
        route.workflow.name === workflow.name &&
        !route.batch &&
        route.opens,
    );
    if (!opens) problems.push(`no route lets ${event.type} open ${workflow.name}`);
    if (originOf(event).kind !== 'external')
      problems.push(
        `${event.type} is not external, so no request may publish it; give it the origin external(…)`,
      );
    if (workflow.recurs)
      problems.push(`"${workflow.name}" recurs, and only events of the stream open an occurrence`);
    return problems.map((problem) => `endpoint "${path}": ${problem}`);
  });
}
