import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { msToTs } from '@temporalio/common/lib/time';
import { createWorkflows } from '../../adapters/temporal';
import { dispatch } from '../../bridge';
import type { Capability, DomainEvent, ProcessDefinition, Route } from '../../contracts';
import { identityOf, placementOf } from '../../contracts';

/** Brings events to one workflow as the bridge does, but without a stream. */
export interface Mail {
  send(event: DomainEvent): Promise<void>;
  /** Whether a route lets the event open the workflow. */
  opens(event: DomainEvent): boolean;
  /** Identities of the accepted events, each once. */
  accepted(): string[];
  readonly deadLetters: readonly string[];
}

/**
 * The time-skipping server repeats a workflow task that it has given to a killed worker after the task's time-out, by default ten
 * seconds. A time-out that is too short would repeat tasks needlessly on a busy machine.
 */
const TASK_TIMEOUT = msToTs('2 seconds');

/** A client for workflows whose worker is killed: the server repeats lost tasks soon. */
export function impatientClient({ connection, namespace }: TestWorkflowEnvironment): Client {
  return new Client({
    connection,
    namespace: namespace ?? 'default',
    interceptors: {
      workflow: [
        {
          signalWithStart: (input, next) =>
            next({ ...input, options: { ...input.options, workflowTaskTimeout: TASK_TIMEOUT } }),
        },
      ],
    },
  });
}

export function openMail(
  client: Client,
  process: ProcessDefinition,
  {
    routes,
    placed = [],
  }: { readonly routes: readonly Route[]; readonly placed?: readonly Pick<Capability, 'name'>[] },
): Mail {
  const workflows = createWorkflows(client, placementOf([{ ...process, places: placed }]));
  const accepted = new Set<string>();
  const deadLetters: string[] = [];

  const routesOf = (event: DomainEvent) =>
    routes.filter(
      (route) =>
        route.event.type === event.type &&
        route.workflow.name === process.name &&
        (route.condition?.(event) ?? true),
    );

  return {
    accepted: () => [...accepted],
    deadLetters,
    opens: (event) => routesOf(event).some((route) => !route.batch && route.opens),
    send: async (event) => {
      const found = routesOf(event);
      if (found.length === 0) throw new Error(`no route brings ${event.type} to ${process.name}`);
      for (const route of found) {
        const outcome = await dispatch(event, route, workflows);
        if (outcome.kind === 'accepted') accepted.add(identityOf(event));
        else if (outcome.kind === 'dead-letter')
          deadLetters.push(`${outcome.rejection.reason} ${event.type}`);
        else if (outcome.kind === 'unavailable' || outcome.kind === 'rejected') throw outcome.cause;
      }
    },
  };
}
