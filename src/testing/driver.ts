import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { createWorkflows } from '../adapters/temporal';
import { dispatch } from '../bridge';
import type {
  Capability,
  DomainEvent,
  EventContract,
  Rejection,
  Route,
  SagaResult,
  WorkflowDefinition,
} from '../contracts';
import { placementOf, SAGA_STATE, workflowIdOf } from '../contracts';

/** What became of an event that a driver has sent, in the terms of the bridge. */
export type Sent =
  | { readonly kind: 'accepted' | 'repeated' | 'discarded' }
  | { readonly kind: 'dead-letter'; readonly rejection: Rejection };

/** Drives one process as the bridge does: sends each event as a signal, by its route. */
export interface ProcessDriver {
  readonly key: string;
  readonly handle: WorkflowHandle;
  /**
   * Sends an event to the process.
   *
   * @param id of the event; the same id means the same event. Default: a new one
   * @throws Error when no route leads the event to this process, or Temporal does not accept it
   */
  send<Data>(contract: EventContract<string, Data>, data: Data, id?: string): Promise<Sent>;
  /** The present value of the search attribute `SagaState`. */
  state(): Promise<string>;
  /** Waits for a state. @throws Error with the actual state after 20 s of the test's clock */
  untilState(state: string): Promise<void>;
  result(): Promise<SagaResult>;
}

const STATE_WITHIN_MS = 20_000;
/**
 * The first pause between two queries; the pauses grow, so that the queries of fifty waiting processes do not keep the server
 * busy.
 */
const FIRST_LOOK_MS = 30;
const LONGEST_LOOK_MS = 500;
/** Source of the events. */
const SOURCE = '/test';

/**
 * Sends events to one process by the domain's routes, without a stream.
 *
 * @param options.key correlation key of the process, from which the workflow's id is made
 * @param options.placed capabilities that are placed with the workflow's pool when an event opens the process. Default: none
 * @example
 * const driver = driveProcess(env.client, { process: alert, routes, key: 'dev-1' });
 * await driver.send(alertRaised, { ...alertRaised.example, deviceId: 'dev-1' });
 * await driver.untilState('awaiting-level-1');
 * expect((await driver.result()).state).toBe('resolved');
 */
export function driveProcess(
  client: Client,
  options: {
    readonly process: WorkflowDefinition;
    readonly routes: readonly Route[];
    readonly key: string;
    readonly placed?: readonly Pick<Capability, 'name'>[];
  },
): ProcessDriver {
  const { process, routes, key, placed = [] } = options;
  const workflows = createWorkflows(client, placementOf([{ ...process, places: placed }]));
  const handle = client.workflow.getHandle(workflowIdOf(process, key));

  async function send(event: DomainEvent): Promise<Sent> {
    const route = routes.find(
      (each) =>
        each.event.type === event.type &&
        each.workflow.name === process.name &&
        (each.condition?.(event) ?? true),
    );
    if (!route) throw new Error(`no route brings this ${event.type} to ${process.name}`);
    const outcome = await dispatch(event, route, workflows);
    switch (outcome.kind) {
      case 'unavailable':
      case 'rejected':
        throw new Error(`${handle.workflowId} does not get ${event.type}: ${outcome.kind}`, {
          cause: outcome.cause,
        });
      case 'accepted':
      case 'repeated':
      case 'discarded':
      case 'dead-letter':
        return outcome;
    }
  }

  async function state(): Promise<string> {
    const { typedSearchAttributes } = await handle.describe();
    return typedSearchAttributes.get(SAGA_STATE) ?? '';
  }

  return {
    key,
    handle,
    send: ({ type }, data, id = randomUUID()) => send({ id, source: SOURCE, type, key, data }),
    state,
    untilState: async (wanted) => {
      const deadline = Date.now() + STATE_WITHIN_MS;
      for (
        let pause = FIRST_LOOK_MS;
        (await state()) !== wanted;
        pause = Math.min(2 * pause, LONGEST_LOOK_MS)
      ) {
        if (Date.now() > deadline) throw new Error(`${handle.workflowId} is ${await state()}, not ${wanted}`);
        await sleep(pause);
      }
    },
    result: () => handle.result() as Promise<SagaResult>,
  };
}
