import type { Catalogue, DomainEvent, Rejection, Route } from '../contracts';
import { backoff } from './backoff';
import { decode } from './decode';
import { dispatch } from './dispatch';
import type { BridgeMetrics, DeadLetters, Delivery, EventOutcome, Log, Workflows } from './ports';
import { routesFor } from './route';

/** A third of `ack_wait`: two beats may get lost before the server gives the message to another bridge. */
const HEARTBEAT_MS = 1_300;
/**
 * One event that Temporal refuses is that event's fault. So many in a row, with no acceptance between them, are our
 * misconfiguration: the events are held instead of being emptied into the dead letters.
 */
const REJECTIONS_BEFORE_HALT = 5;

export interface BridgeParts {
  readonly catalogue: Catalogue;
  readonly workflows: Workflows;
  readonly deadLetters: DeadLetters;
  readonly metrics: BridgeMetrics;
  readonly log: Log;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Bridge {
  /**
   * Takes one event through decode → route → dispatch → settle. Resolves when it is settled, or released because
   * `stopping` aborted while it was held. Never rejects: whatever goes wrong, the next event can be handled.
   */
  handle(delivery: Delivery, stopping: AbortSignal): Promise<void>;
  /** Whether Temporal refuses everything that this bridge sends. */
  halted(): boolean;
}

interface Settlement {
  readonly outcome: EventOutcome;
  readonly reason?: string | undefined;
}

export function createBridge(parts: BridgeParts): Bridge {
  const { catalogue, workflows, deadLetters, metrics, log, now, random, sleep } = parts;
  let rejectionsInARow = 0;

  return {
    halted: () => rejectionsInARow >= REJECTIONS_BEFORE_HALT,
    handle: async (delivery, stopping) => {
      const started = now();
      const heartbeat = setInterval(() => beat(delivery), HEARTBEAT_MS);
      try {
        const settlement = await process(delivery, stopping);
        if (settlement.outcome === 'released') delivery.release();
        else await delivery.settle();
        metrics.settled(settlement.outcome, settlement.reason, (now() - started) / 1_000);
      } catch (error) {
        // The acknowledgement was not confirmed, or this is a defect: the server redelivers, nothing is lost.
        log.error(
          { err: error, subject: delivery.subject, sequence: delivery.sequence },
          'event left for redelivery',
        );
      } finally {
        clearInterval(heartbeat);
      }
    },
  };

  /** A beat that fails costs nothing but a redelivery; thrown out of a timer it would end the process. */
  function beat(delivery: Delivery): void {
    try {
      delivery.working();
    } catch (error) {
      log.warn(
        { err: error, sequence: delivery.sequence },
        'the server was not told that the event is being worked on',
      );
    }
  }

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settlement> {
    const decoding = decode(delivery, catalogue);
    if (!decoding.ok) return bury(delivery, decoding.rejection, undefined, stopping);

    const routing = routesFor(decoding.event, delivery.headers, catalogue);
    if (!routing.ok) return bury(delivery, routing.rejection, undefined, stopping);
    const { routes } = routing;
    if (routes.length === 0) return { outcome: 'unrouted' };

    const settlements: Settlement[] = [];
    for (const route of routes) {
      settlements.push(await deliver(delivery, decoding.event, route, stopping));
      if (settlements.at(-1)?.outcome === 'released') return { outcome: 'released' };
    }
    return worst(settlements);
  }

  async function deliver(
    delivery: Delivery,
    event: DomainEvent,
    route: Route,
    stopping: AbortSignal,
  ): Promise<Settlement> {
    const hold = holderOf(delivery);
    for (let attempt = 1; !stopping.aborted; attempt++) {
      const outcome = await dispatch(event, route, workflows);
      // Only an acceptance shows that Temporal takes what we send: behind a rejected opening, events become unmatched.
      if (outcome.kind === 'rejected') rejectionsInARow++;
      if (outcome.kind === 'accepted') rejectionsInARow = 0;
      switch (outcome.kind) {
        case 'accepted':
        case 'repeated':
        case 'discarded':
          return { outcome: outcome.kind };
        case 'dead-letter':
          return bury(delivery, outcome.rejection, route.name, stopping);
        case 'rejected':
          if (rejectionsInARow < REJECTIONS_BEFORE_HALT) {
            const rejection = { reason: 'rejected-by-temporal', detail: messageOf(outcome.cause) } as const;
            return bury(delivery, rejection, route.name, stopping);
          }
          hold('temporal-rejects-everything', outcome.cause);
          break;
        case 'unavailable':
          hold('temporal-unavailable', outcome.cause);
          break;
      }
      await sleep(backoff(attempt, random), stopping);
    }
    return { outcome: 'released' };
  }

  /** Puts an event among the dead letters, and keeps hold of it until the stream has confirmed. */
  async function bury(
    delivery: Delivery,
    rejection: Rejection,
    route: string | undefined,
    stopping: AbortSignal,
  ): Promise<Settlement> {
    const hold = holderOf(delivery);
    for (let attempt = 1; !stopping.aborted; attempt++) {
      try {
        await deadLetters.publish({ delivery, rejection, route });
        log.warn(
          { ...rejection, route, subject: delivery.subject, sequence: delivery.sequence },
          'dead letter',
        );
        return { outcome: 'dead-letter', reason: rejection.reason };
      } catch (error) {
        hold('dead-letters-unavailable', error);
        await sleep(backoff(attempt, random), stopping);
      }
    }
    return { outcome: 'released' };
  }

  /** Tells of each cause for which an event is held once, not at each attempt: an outage must not storm the log. */
  function holderOf({ subject, sequence }: Delivery): (cause: HoldCause, error: unknown) => void {
    let told: HoldCause | undefined;
    return (cause, error) => {
      metrics.held(cause);
      if (cause !== told) log.warn({ err: error, subject, sequence }, `event held: ${cause}`);
      told = cause;
    };
  }
}

type HoldCause = Parameters<BridgeMetrics['held']>[0];

/** Several routes, one count: what an operator should hear of comes first. */
function worst(settlements: readonly Settlement[]): Settlement {
  const order: readonly EventOutcome[] = ['dead-letter', 'accepted', 'repeated', 'discarded'];
  const found = order
    .map((outcome) => settlements.find((settlement) => settlement.outcome === outcome))
    .find(Boolean);
  return found ?? { outcome: 'unrouted' };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
