import type { RoutedDomain } from './catalogue';
import type { EventContract } from './event';
import type { ProcessDefinition } from './route';

/** An HTTP endpoint that answers when the process which a request opens has said yes or no. */
export interface Endpoint {
  /** `/name`. */
  readonly path: string;
  /** The request's body is its data. It opens the process. */
  readonly event: EventContract;
  readonly workflow: ProcessDefinition;
  /** Reasons with which the process says that another one has the key: 409 instead of 422. */
  readonly conflicts?: readonly string[];
}

/** What a process says to whoever has opened it. */
export type EndpointAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reason: string; readonly detail: string };

/** Paths of the gateway's own. */
const TAKEN = /^\/(events|webhooks|livez|readyz|metrics)(\/|$)/;

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
    if (workflow.recurs)
      problems.push(`"${workflow.name}" recurs, and only events of the stream open an occurrence`);
    return problems.map((problem) => `endpoint "${path}": ${problem}`);
  });
}
