import type { Catalogue, DomainEvent, Rejection, Route } from '../contracts';
import { PARTITIONS } from '../contracts';
import { backoff } from './backoff';
import { decode } from './decode';
import type { DispatchOutcome } from './dispatch';
import { dispatch } from './dispatch';
import { createFlow } from './flow';
import type {
  BridgeMetrics,
  DeadLetters,
  Delivery,
  EventOutcome,
  HoldCause,
  Log,
  Suspects,
  Unavailability,
  Workflows,
} from './ports';
import { quietLog } from './quiet-log';
import { routesFor } from './route';
import type { Settlement } from './settle';
import { bury as buryLetter, carryOut, createHeartbeats } from './settle';
import type { Suspicion } from './suspects';
import { suspicionOf } from './suspects';

/**
 * One event that Temporal refuses is that event's fault. So many in a row, with no acceptance between them, are our
 * misconfiguration: the events are held instead of being emptied into the dead letters.
 */
const REJECTIONS_BEFORE_HALT = 5;

export interface BridgeParts {
  readonly catalogue: Catalogue;
  readonly workflows: Workflows;
  readonly deadLetters: DeadLetters;
  readonly suspects: Suspects;
  readonly metrics: BridgeMetrics;
  readonly log: Log;
  /** Events handed to Temporal at once, at most. */
  readonly concurrency?: number;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Bridge {
  /**
   * Takes one event through decode → route → dispatch → settle. Resolves when it is settled, or released because
   * `stopping` aborted while it was held: also while we stop, an event in hand is tried once, since one that is given
   * back is delivered a second time. Never rejects: whatever goes wrong, the next event can be handled.
   */
  handle(delivery: Delivery, stopping: AbortSignal): Promise<void>;
  /** Whether Temporal refuses everything that this bridge sends. */
  halted(): boolean;
  /** Workers fall behind what comes in: fewer events at once, until that has passed. */
  fellBehind(): void;
}

type Settled = Settlement<EventOutcome>;

type Reading =
  | { readonly ok: true; readonly event: DomainEvent; readonly routes: readonly Route[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** One event on its way through the bridge. */
interface Handling {
  readonly delivery: Delivery;
  readonly stopping: AbortSignal;
  /** Counts that the event is held, and says why, once for each cause. */
  readonly hold: (cause: HoldCause, error: unknown) => void;
  /** Runs one attempt when there is room; `undefined` when we stop while Temporal is away. */
  readonly run: <Result>(
    attempt: () => Promise<Result>,
    needs: { readonly temporal: boolean },
  ) => Promise<Result | undefined>;
}

const RELEASED: Settled = { outcome: 'released' };

const HELD: Readonly<Record<Unavailability, HoldCause>> = {
  away: 'temporal-away',
  exhausted: 'temporal-exhausted',
  busy: 'workflow-busy',
};

export function createBridge(parts: BridgeParts): Bridge {
  const { catalogue, workflows, deadLetters, suspects, metrics, now, random, sleep } = parts;
  const { concurrency = PARTITIONS } = parts;
  const log = quietLog(parts.log, now);
  const flow = createFlow({ most: concurrency, now, random, sleep, log });
  const heartbeats = createHeartbeats(log);
  metrics.concurrency(() => flow.limit());
  let rejectionsInARow = 0;

  return {
    halted: () => rejectionsInARow >= REJECTIONS_BEFORE_HALT,
    fellBehind: () => flow.fellBehind(),
    handle: (delivery, stopping) =>
      carryOut(delivery, () => process(delivery, stopping), {
        heartbeats,
        settled: (outcome, reason, seconds) => metrics.settled(outcome, reason, seconds),
        log,
        now,
      }),
  };

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    const suspicion = await suspicionOf(delivery, suspects);
    const handling = handlingOf(delivery, suspicion, stopping);
    if (suspicion.kind === 'poison') return bury(handling, suspicion.rejection, undefined);

    const reading = await handling.run(() => Promise.resolve(read(delivery)), { temporal: false });
    if (!reading) return RELEASED;
    if (!reading.ok) return bury(handling, reading.rejection, undefined);
    const { event, routes } = reading;
    if (routes.length === 0) return { outcome: 'unrouted' };

    const settlements: Settled[] = [];
    for (const route of routes) {
      settlements.push(await deliver(handling, event, route));
      if (settlements.at(-1)?.outcome === 'released') return RELEASED;
    }
    return worst(settlements);
  }

  /** Runs a domain's code, its schemas and conditions: what ends the process here is marked as well. */
  function read(delivery: Delivery): Reading {
    const decoding = decode(delivery, catalogue);
    if (!decoding.ok) return decoding;
    const { event, published, stripped } = decoding;
    if (stripped.length > 0) metrics.unknownFields(published.type, stripped);
    const routing = routesFor(event, delivery.headers, catalogue);
    return routing.ok ? { ...routing, event } : routing;
  }

  function handlingOf(delivery: Delivery, suspicion: Suspicion, stopping: AbortSignal): Handling {
    const { subject, sequence } = delivery;
    const told = new Set<HoldCause>();
    return {
      delivery,
      stopping,
      hold: (cause, error) => {
        metrics.held(cause);
        // Of an outage the flow has told already, for all events at once.
        if (told.has(cause) || cause === 'temporal-away') return;
        told.add(cause);
        log.warn({ err: error, subject, sequence }, `event held: ${cause}`);
      },
      run: (attempt, { temporal }) =>
        suspicion.kind === 'suspect'
          ? flow.run(() => suspicion.tried(attempt), { temporal, alone: true, stopping })
          : flow.run(attempt, { temporal, alone: false, stopping }),
    };
  }

  async function deliver(handling: Handling, event: DomainEvent, route: Route): Promise<Settled> {
    const { run, hold, stopping } = handling;
    if (flow.away()) hold('temporal-away', undefined);
    let attempt = 0;
    do {
      const outcome = await run(() => ask(event, route), { temporal: true });
      if (!outcome) break;
      switch (outcome.kind) {
        case 'accepted':
        case 'repeated':
        case 'discarded':
          return { outcome: outcome.kind };
        case 'dead-letter':
          return bury(handling, outcome.rejection, route.name);
        case 'rejected':
          if (rejectionsInARow < REJECTIONS_BEFORE_HALT) {
            const rejection = { reason: 'rejected-by-temporal', detail: messageOf(outcome.cause) } as const;
            return bury(handling, rejection, route.name);
          }
          hold('temporal-rejects-everything', outcome.cause);
          break;
        case 'unavailable':
          hold(HELD[outcome.why], outcome.cause);
          break;
      }
      // In an outage the flow itself makes the pauses, one for all.
      attempt++;
      if (!flow.away()) await sleep(backoff(attempt, random), stopping);
    } while (!stopping.aborted);
    return RELEASED;
  }

  /** One attempt at Temporal, and what it says of Temporal's health. */
  async function ask(event: DomainEvent, route: Route): Promise<DispatchOutcome> {
    const outcome = await dispatch(event, route, workflows);
    // Only an acceptance shows that Temporal takes what we send: behind a rejected opening, events become unmatched.
    if (outcome.kind === 'rejected') rejectionsInARow++;
    if (outcome.kind === 'accepted') rejectionsInARow = 0;
    if (outcome.kind !== 'unavailable') flow.heard('taken');
    else if (outcome.why !== 'busy') flow.heard(outcome.why, outcome.cause);
    return outcome;
  }

  function bury(
    { delivery, hold, stopping }: Handling,
    rejection: Rejection,
    route: string | undefined,
  ): Promise<Settled> {
    return buryLetter({ delivery, rejection, route }, { deadLetters, hold, stopping, log, random, sleep });
  }
}

/** Several routes, one count: what an operator should hear of comes first. */
function worst(settlements: readonly Settled[]): Settled {
  const order: readonly EventOutcome[] = ['dead-letter', 'accepted', 'repeated', 'discarded'];
  const found = order
    .map((outcome) => settlements.find((settlement) => settlement.outcome === outcome))
    .find(Boolean);
  return found ?? { outcome: 'unrouted' };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
