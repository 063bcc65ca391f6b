/** Each order comes to one end, each request gets one answer, and what is compensated is compensated in reverse order. */
import { workflowIdOf } from '../../../src/contracts';
import type { OrderEnd } from '../../../domains/shop/names';
import { EVENTS } from '../../../domains/shop/names';
import { order as orderProcess } from '../../../domains/shop/workflows';
import type { Evidence, Run } from '../evidence/types';
import type { Invariant } from './invariant';
import { each, grouped } from './invariant';
import { notificationsOf } from './notifications';

const TERMINAL: readonly Exclude<OrderEnd, 'duplicate'>[] = [
  'completed',
  'rejected',
  'compensated',
  'cancelled',
  'refunded',
];

const oneEnd: Invariant = {
  name: 'each submitted order has come to one end',
  check: (evidence) => {
    const rows = new Map(evidence.books.orders.map((order) => [order.orderId, order]));
    const runsOf = grouped(evidence.runs, ({ workflowId }) => workflowId);
    const notification = notificationsOf(evidence);
    const deadLettered = new Set(evidence.deadLetters.map(({ identity }) => identity));
    // One that comes just when its early notification is given up may become a dead letter with them.
    const isDeadLettered = ([orderId, identities]: [string, string[]]) =>
      !rows.has(orderId) && identities.every((identity) => deadLettered.has(identity));
    const submitted = [...ordersIn(evidence, EVENTS.orderSubmitted)].filter(
      (order) => !isDeadLettered(order),
    );
    return each(submitted, ([orderId]) => {
      const state = rows.get(orderId)?.state ?? 'not entered';
      const wrong: string[] = [];
      if (!TERMINAL.some((end) => end === state)) wrong.push(`${orderId} is ${state}`);
      const told = TERMINAL.flatMap((end) =>
        Array.from({ length: notification('orders', end, orderId) }, () => end),
      );
      if (told.join() !== state)
        wrong.push(`${orderId} is ${state}, and was told to be ${told.join() || 'nothing'}`);
      const runs = runsOf.get(workflowIdOf(orderProcess, orderId)) ?? [];
      const ends = runs.map(endOf).filter((end) => end !== 'FAILED');
      if (ends.join() !== state)
        wrong.push(`${orderId} is ${state}, and its workflow ${ends.join() || 'is not there'}`);
      return wrong;
    });
  },
};

/** A run that has waited for an order in vain has failed, and another one may have come to an end since. */
function endOf({ status, result }: Run): string {
  return result?.state ?? status;
}

const REQUESTS = [
  { type: EVENTS.cancellationRequested, granted: 'cancelled', refused: 'cancellation-refused' },
  { type: EVENTS.amendmentRequested, granted: 'amended', refused: 'amendment-refused' },
] as const;

const answeredOnce: Invariant = {
  name: 'each order is entered once, each request answered once',
  check: (evidence) => {
    const notification = notificationsOf(evidence);
    const entered = new Set(evidence.books.orders.map(({ orderId }) => orderId));
    const deadLettered = deadLetteredByWorkflows(evidence);
    const requests = REQUESTS.flatMap(({ type, granted, refused }) =>
      [...received(evidence, type)].map(([orderId, identities]) => ({
        what: type,
        orderId,
        identities,
        answers: notification('orders', granted, orderId) + notification('orders', refused, orderId),
      })),
    );
    const submissions = [...received(evidence, EVENTS.orderSubmitted)].map(([orderId, identities]) => ({
      what: EVENTS.orderSubmitted,
      orderId,
      identities,
      answers: entered.has(orderId) ? 1 : 0,
    }));
    return each([...requests, ...submissions], ({ what, orderId, identities, answers }) => {
      const deadLetters = identities.reduce(
        (sum, identity) => sum + (deadLettered.get(identity)?.length ?? 0),
        0,
      );
      return answers + deadLetters === identities.length
        ? []
        : [
            `${orderId}: ${identities.length} × ${what}, with ${answers} answers and ${deadLetters} dead letters`,
          ];
    });
  },
};

/** By order: identities of the events of a type that its workflow was signalled. */
function received(evidence: Evidence, type: string): Map<string, string[]> {
  const signalled = new Set(evidence.runs.flatMap(({ signals }) => signals));
  const found = [...ordersIn(evidence, type)].map(([orderId, identities]): [string, string[]] => [
    orderId,
    identities.filter((identity) => signalled.has(identity)),
  ]);
  return new Map(found.filter(([, identities]) => identities.length > 0));
}

/** By order: identities of its events of a type in the stream. */
function ordersIn({ stream }: Evidence, type: string): Map<string, string[]> {
  const events = stream.flatMap(({ event }) => (event?.type === type ? [event] : []));
  return new Map(
    [...grouped(events, ({ key }) => key)].map(([key, all]) => [
      key,
      [...new Set(all.map(({ identity }) => identity))],
    ]),
  );
}

function deadLetteredByWorkflows({ deadLetters }: Evidence) {
  return grouped(
    deadLetters.filter(({ workflowId }) => workflowId !== undefined),
    ({ identity }) => identity ?? '',
  );
}

/** An order's first steps are always of one scope; later ones may be of an amendment's. */
const FIRST_STEP = ':0';

const reverseOrder: Invariant = {
  name: 'steps were compensated in reverse order',
  check: ({ runs }) =>
    each(
      runs
        .map(({ workflowId, steps, compensated }) => ({
          workflowId,
          steps,
          compensated: [...new Set(compensated)].filter((key) => key.endsWith(FIRST_STEP)),
        }))
        .filter(({ compensated }) => compensated.length > 1),
      ({ workflowId, steps, compensated }) => {
        const reversed = [...compensated].sort((one, other) => steps.indexOf(other) - steps.indexOf(one));
        return compensated.join() === reversed.join()
          ? []
          : [`${workflowId} has compensated ${compensated.join(', ')}`];
      },
    ),
};

/** An event has come while the workflow was about to close: the task is done again with it, which is no failure. */
const NO_FAILURE: ReadonlySet<string> = new Set(['WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND']);

const noTaskFailed: Invariant = {
  name: 'no workflow task has failed',
  check: ({ runs }) =>
    each(runs, ({ workflowId, runId, failedTasks }) =>
      failedTasks
        .filter((cause) => !NO_FAILURE.has(cause))
        .map((cause) => `${workflowId} (${runId}): ${cause}`),
    ),
};

export const orders: readonly Invariant[] = [oneEnd, answeredOnce, reverseOrder, noTaskFailed];
