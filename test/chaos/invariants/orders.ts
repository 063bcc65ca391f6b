/** Each order comes to one end, each wish gets one answer, and what is undone is undone in reverse order. */
import { workflowIdOf } from '../../../src/contracts';
import type { OrderEnd } from '../../../domains/shop/names';
import { EVENTS } from '../../../domains/shop/names';
import { order as orderProcess } from '../../../domains/shop/workflows';
import type { Evidence, Run } from '../evidence/types';
import type { Invariant } from './invariant';
import { each, grouped } from './invariant';
import { newsOf } from './news';

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
    const news = newsOf(evidence);
    const buried = new Set(evidence.letters.map(({ identity }) => identity));
    // One that comes just when its early news is given up may become a dead letter with them.
    const isBuried = ([orderId, identities]: [string, string[]]) =>
      !rows.has(orderId) && identities.every((identity) => buried.has(identity));
    const submitted = [...ordersIn(evidence, EVENTS.orderSubmitted)].filter((order) => !isBuried(order));
    return each(submitted, ([orderId]) => {
      const state = rows.get(orderId)?.state ?? 'not entered';
      const wrong: string[] = [];
      if (!TERMINAL.some((end) => end === state)) wrong.push(`${orderId} is ${state}`);
      const told = TERMINAL.flatMap((end) => Array.from({ length: news('orders', end, orderId) }, () => end));
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

const WISHES = [
  { type: EVENTS.cancellationRequested, granted: 'cancelled', refused: 'cancellation-refused' },
  { type: EVENTS.amendmentRequested, granted: 'amended', refused: 'amendment-refused' },
] as const;

const answeredOnce: Invariant = {
  name: 'each order is entered once, each wish answered once',
  check: (evidence) => {
    const news = newsOf(evidence);
    const entered = new Set(evidence.books.orders.map(({ orderId }) => orderId));
    const buried = buriedByWorkflows(evidence);
    const wishes = WISHES.flatMap(({ type, granted, refused }) =>
      [...received(evidence, type)].map(([orderId, identities]) => ({
        what: type,
        orderId,
        identities,
        answers: news('orders', granted, orderId) + news('orders', refused, orderId),
      })),
    );
    const submissions = [...received(evidence, EVENTS.orderSubmitted)].map(([orderId, identities]) => ({
      what: EVENTS.orderSubmitted,
      orderId,
      identities,
      answers: entered.has(orderId) ? 1 : 0,
    }));
    return each([...wishes, ...submissions], ({ what, orderId, identities, answers }) => {
      const letters = identities.reduce((sum, identity) => sum + (buried.get(identity)?.length ?? 0), 0);
      return answers + letters === identities.length
        ? []
        : [`${orderId}: ${identities.length} × ${what}, with ${answers} answers and ${letters} dead letters`];
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

function buriedByWorkflows({ letters }: Evidence) {
  return grouped(
    letters.filter(({ workflowId }) => workflowId !== undefined),
    ({ identity }) => identity ?? '',
  );
}

/** An order's first steps are always of one scope; later ones may be of an amendment's. */
const FIRST_STEP = ':0';

const reverseOrder: Invariant = {
  name: 'steps were undone in reverse order',
  check: ({ runs }) =>
    each(
      runs
        .map(({ workflowId, steps, undone }) => ({
          workflowId,
          steps,
          undone: [...new Set(undone)].filter((key) => key.endsWith(FIRST_STEP)),
        }))
        .filter(({ undone }) => undone.length > 1),
      ({ workflowId, steps, undone }) => {
        const reversed = [...undone].sort((one, other) => steps.indexOf(other) - steps.indexOf(one));
        return undone.join() === reversed.join() ? [] : [`${workflowId} has undone ${undone.join(', ')}`];
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
