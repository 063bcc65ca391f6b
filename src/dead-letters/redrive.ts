import type { Catalogue, DomainEvent, PublishedMessage, Route } from '../contracts';
import { decodeSigned, isExpired, redriveHeaders, subscriptionRoute, workflowIdOf } from '../contracts';
import type { StoredDeadLetter } from './stored';
import type { Operation } from './operation';
import { pastOf, record } from './operation';
import type { DeadLetterParts, Forecast } from './ports';
import { RefusedError } from './refused';
import type { DeadLetterFile } from './show';
import { showDeadLetter } from './show';
import { NO_SIGNATURE, signedMessage } from './signed';

export interface Redrive {
  readonly by: string;
  /** Sequence of the redrive's record in the audit. */
  readonly audit?: number | undefined;
  readonly why?: string | undefined;
  /** A route to use instead of the one that the dead letter names. */
  readonly route?: string | undefined;
  /** Redrives the dead letter even if it was redriven or discarded before. */
  readonly again?: boolean | undefined;
  /** The operator signs an event that has no signature that counts; needs `why`. */
  readonly vouch?: boolean | undefined;
}

/** What a redrive would do. */
export interface RedrivePlan {
  readonly file: DeadLetterFile;
  readonly event: DomainEvent;
  /** What is sent. */
  readonly message: PublishedMessage;
  /** The operator has signed an event that had no signature that counts. */
  readonly vouched: boolean;
  /** The one route that the event goes to; absent if it goes to all routes that take it. */
  readonly route?: string | undefined;
  readonly workflows: readonly string[];
}

export interface Redriven {
  readonly operation: Operation & { readonly kind: 'redriven' };
  /** Another operator has redriven the same dead letter at the same moment: the event was published once. */
  readonly together: boolean;
}

/**
 * The most conflicts with operators who act on the same dead letter at the same moment. Each conflict means that one of
 * them has finished.
 */
const MAX_CONFLICTS = 10;

const OUTLOOKS: Readonly<Record<Exclude<Forecast, 'delivered'>, string>> = {
  repeated: 'has received this event and has not applied it; it would drop it again',
  conflict: 'has received another event under the same source and id',
  late: 'has closed',
  unmatched: 'never existed, and this event may not open it',
};

/**
 * Checks that a redrive would reach a workflow. It changes nothing.
 *
 * @throws RefusedError if it would not
 */
export async function planRedrive(
  parts: Omit<DeadLetterParts, 'append' | 'republish'>,
  sequence: number,
  { route: asked, again = false, vouch = false }: Pick<Redrive, 'route' | 'again' | 'vouch'>,
): Promise<RedrivePlan> {
  const file = await showDeadLetter(parts, sequence);
  const { deadLetter, state } = file;
  if (state !== 'open' && !again) {
    const last = file.past.operations.at(-1);
    const by = last ? ` by ${last.by} at ${last.at}` : '';
    throw new RefusedError('not-open', `dead letter ${sequence} was ${state}${by} already`);
  }
  const { message, vouched } = await signedMessage(parts, file, vouch);
  const decoding = decodeSigned(message, parts.catalogue, parts.checkSignature?.(message));
  if (!decoding.ok) {
    const { reason, detail, path } = decoding.rejection;
    if (NO_SIGNATURE.includes(reason))
      throw new RefusedError(
        'unsigned',
        `nothing proves who has sent it: ${detail}; find out, then redrive it with --vouch and --why, or discard it`,
        { reason, path },
      );
    throw new RefusedError('invalid', `it would be dead-lettered again: ${detail}; edit it first`, {
      reason,
      path,
    });
  }
  const { event } = decoding;
  if (isExpired(event, parts.clock().getTime())) {
    const detail = `it would be dead-lettered again: its expirytime, ${event.expiryTime ?? ''}, has passed; edit it first`;
    throw new RefusedError('invalid', detail, { reason: 'expired', path: 'expirytime' });
  }
  const { name, routes } = routesOf(deadLetter, event, parts.catalogue, asked);
  const outlooks = await Promise.all(routes.map((route) => parts.forecast(event, route)));
  const workflows = routes.map(({ workflow }) => workflowIdOf(workflow, event.key));
  const problems = workflows.map((id, index) => problemOf(id, outlooks[index] ?? 'delivered', deadLetter));
  if (problems.length > 0 && problems.every((problem) => problem !== undefined)) {
    throw new RefusedError('undeliverable', problems.join('; '));
  }
  return { file, event, message, vouched, route: name, workflows };
}

/**
 * Returns why a workflow would not apply the event. If a closed workflow has received an event that the bridge had
 * dead-lettered, the event was applied, for example by a redrive that ended before it was recorded. That redrive may be
 * repeated.
 */
function problemOf(workflowId: string, forecast: Forecast, deadLetter: StoredDeadLetter): string | undefined {
  if (forecast === 'delivered' || (forecast === 'repeated' && deadLetter.workflow !== workflowId))
    return undefined;
  return `${workflowId} ${OUTLOOKS[forecast]}`;
}

/**
 * Publishes the event of a dead letter once more, with its own source and id, and records that. If the process ends
 * between the two, you can repeat the redrive safely: it has the same message id, and a workflow drops an event that it
 * has seen.
 *
 * @throws RefusedError if the redrive would not reach a workflow, or cannot be recorded
 */
export async function redriveDeadLetter(
  parts: DeadLetterParts,
  sequence: number,
  redrive: Redrive,
): Promise<Redriven> {
  const { file, message, vouched, route } = await planRedrive(parts, sequence, redrive);
  const n = file.past.operations.length + 1;
  const mark = `${sequence}:${n}`;
  const receipt = await parts.republish(addressed(message, route, mark), `redrive:${mark}`);

  const { by, audit, why } = redrive;
  const { stream, sequence: published } = receipt;
  const vouch = vouched ? { vouched } : {};
  const done = { kind: 'redriven', by, audit, why, ...vouch, route, stream, sequence: published } as const;
  let { past } = file;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const recorded = await record(parts.append, file.deadLetter, past, done, parts.clock());
    if (recorded) return { operation: recorded as Redriven['operation'], together: false };
    past = await pastOf(file.deadLetter, parts.operations);
    // The other redrive has the same number and message id, so the stream has one event for both.
    const other = past.operations[n - 1];
    if (other?.kind === 'redriven' && other.sequence === published)
      return { operation: other, together: true };
  }
  throw new RefusedError(
    'conflict',
    `dead letter ${sequence} went out as event ${published}, but too many others act on it to record that`,
  );
}

function addressed(message: PublishedMessage, route: string | undefined, redrive: string): PublishedMessage {
  const own = Object.entries(redriveHeaders({ route, redrive })).map(
    ([name, value]) => [name, [value]] as const,
  );
  return { ...message, headers: { ...message.headers, ...Object.fromEntries(own) } };
}

/**
 * Finds the routes of a redrive. A dead letter from the bridge names the route that failed. A dead letter from a
 * workflow has only the workflow's id: its route is the one that leads to this workflow, and the catalogue has at most
 * one for each event.
 */
function routesOf(
  deadLetter: StoredDeadLetter,
  event: DomainEvent,
  catalogue: Catalogue,
  asked: string | undefined,
): { name?: string; routes: readonly Route[] } {
  const routes = catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
  const subscriptions = catalogue.subscriptions
    .filter(({ events }) => events.some(({ type }) => type === event.type))
    .map(subscriptionRoute);
  if (routes.length + subscriptions.length === 0) {
    throw new RefusedError('no-route', `no route takes this ${event.type}`);
  }
  const name = asked ?? deadLetter.route;
  if (name !== undefined && subscriptions.includes(name)) return { name, routes: [] };
  if (name === undefined && deadLetter.workflow === undefined) return { routes };
  const route = routes.find((each) =>
    name === undefined ? workflowIdOf(each.workflow, event.key) === deadLetter.workflow : each.name === name,
  );
  if (route) return { name: route.name, routes: [route] };
  const missing =
    name === undefined ? `no route leads to ${deadLetter.workflow ?? ''}` : `there is no route "${name}"`;
  const known = [...routes.map((each) => each.name), ...subscriptions].join(', ');
  throw new RefusedError('unknown-route', `${missing} for this ${event.type}; known is ${known}`);
}
