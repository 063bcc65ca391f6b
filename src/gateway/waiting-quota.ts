/** The quota of processes that one principal has opened and that wait for the event that begins them. */
import type { Catalogue, DomainEvent, StreamReader } from '../contracts';
import { parseEventType, storedIn, subjectOf, workflowIdOf } from '../contracts';
import type { Problem } from './problem';
import { problemOf } from './problem';

export interface WaitingQuotaOptions {
  readonly catalogue: Catalogue;
  /** The most such processes of one principal within the window. */
  readonly most: number;
  /** The event stream, which has the events that begin processes. */
  readonly stream: Pick<StreamReader, 'last'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Admits an event, or returns the problem to answer: it would open one more process than its principal may have.
 *
 * @param principal the name of the token's principal, or of the webhook's provider
 */
export type AdmitEarly = (principal: string, event: DomainEvent) => Promise<Problem | undefined>;

/** A process that has not begun counts for this long. */
const WINDOW_MS = 10 * 60_000;
/** How many of the counted processes one more event makes the gateway check: each is a request to the stream. */
const CHECKED_AT_ONCE = 8;
/** A place may become free long before the window ends. */
const MAX_RETRY_AFTER_S = 60;

/** A process that an event may open early. */
interface Early {
  readonly workflowId: string;
  /** Where the stream has the events that begin the process. */
  readonly beginnings: readonly string[];
}

interface Counted extends Early {
  readonly since: number;
}

/**
 * Creates the quota. It counts the processes of each principal that an event of this gateway has opened and that had
 * not begun when they were last checked. Without the stream every process counts as not begun.
 */
export function createEarlyQuota({ catalogue, most, stream, now }: WaitingQuotaOptions): AdmitEarly {
  const byPrincipal = new Map<string, Map<string, Counted>>();

  return async (principal, event) => {
    for (const early of earlyOf(event, catalogue)) {
      const counted = countedOf(principal);
      if (counted.has(early.workflowId) || (await hasBegun(early))) continue;
      if (counted.size >= most) await forgetBegun(counted);
      if (counted.size >= most) {
        const oldest = [...counted.values()].reduce((least, { since }) => Math.min(least, since), now());
        return refused(oldest + WINDOW_MS - now());
      }
      counted.set(early.workflowId, { ...early, since: now() });
    }
    return undefined;
  };

  function countedOf(principal: string): Map<string, Counted> {
    const counted = byPrincipal.get(principal) ?? new Map<string, Counted>();
    byPrincipal.set(principal, counted);
    for (const [id, { since }] of counted) if (since + WINDOW_MS <= now()) counted.delete(id);
    return counted;
  }

  /** Checks a few in turn: those that have not begun go to the end. */
  async function forgetBegun(counted: Map<string, Counted>): Promise<void> {
    const checked = [...counted].slice(0, CHECKED_AT_ONCE);
    const begun = await Promise.all(checked.map(async ([, each]) => hasBegun(each)));
    for (const [at, [id, each]] of checked.entries())
      if (counted.delete(id) && begun[at] !== true) counted.set(id, each);
  }

  async function hasBegun({ beginnings }: Early): Promise<boolean> {
    const found = await Promise.all(beginnings.map((subject) => stream.last(subject).catch(() => undefined)));
    return found.some((message) => message !== undefined);
  }
}

function earlyOf(event: DomainEvent, catalogue: Catalogue): Early[] {
  return catalogue.routesOf(event.type).flatMap((route) => {
    if (route.batch || route.waitsIn === undefined || route.condition?.(event) === false) return [];
    const beginnings = catalogue.routes.flatMap((other) =>
      other.workflow.name === route.workflow.name &&
      !other.batch &&
      other.opens &&
      other.waitsIn === undefined
        ? [storedSubject(other.event.type, event.key)]
        : [],
    );
    return [{ workflowId: workflowIdOf(route.workflow, event.key), beginnings }];
  });
}

/** Under any partition, and in any version of the type. */
function storedSubject(type: string, key: string): string {
  const parsed = parseEventType(type);
  if (!parsed) throw new TypeError(`"${type}" is not an event type`);
  const [, context, fact] = subjectOf(parsed, key).split('.');
  return [storedIn.anywhere, context, fact, '*', key].join('.');
}

function refused(freeInMs: number): Problem {
  const detail =
    'Send the event that begins a process first, or this one again later, with the same source and id.';
  const retryAfterS = Math.max(1, Math.min(MAX_RETRY_AFTER_S, Math.ceil(freeInMs / 1_000)));
  return { ...problemOf({ reason: 'too-many-waiting', detail }), retryAfterS };
}
