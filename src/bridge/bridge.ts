import type { Catalogue, DomainEvent, Rejection, Route } from '../contracts';
import { contentText, PARTITIONS } from '../contracts';
import { createCircuitBreaker } from './circuit-breaker';
import { decode } from './decode';
import type { Delivering, Settled } from './deliver';
import { deliver, RELEASED } from './deliver';
import { createHook } from './hook';
import { createLimiter } from './limiter';
import type {
  BridgeMetrics,
  DeadLetters,
  Delivery,
  DispatchHook,
  EventOutcome,
  HoldCause,
  Log,
  PoisonDetection,
  DispatchTarget,
  Workflows,
} from './ports';
import { quietLog } from './quiet-log';
import { routesFor } from './route';
import { sendToDeadLetters, processAndSettle, createHeartbeats } from './settle';
import { poisonCheckOf } from './poison-detection';
import { createDispatchTargets } from './dispatch-targets';

export interface BridgeParts {
  readonly catalogue: Catalogue;
  readonly workflows: Workflows;
  readonly deadLetters: DeadLetters;
  readonly poisonDetection: PoisonDetection;
  /** Around each attempt at handing an event to Temporal. */
  readonly hook?: DispatchHook | undefined;
  readonly metrics: BridgeMetrics;
  readonly log: Log;
  /** A hash of the text: workflows tell another event under the same identity by it. */
  readonly hash: (text: string) => string;
  readonly clock: () => Date;
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
  /** How workflow types get their events; each may be misconfigured by itself. */
  readonly targets: readonly DispatchTarget[];
  /** Whether Temporal refuses every event for this target: they are held. */
  isMisconfigured(target: DispatchTarget): boolean;
  /** Workers fall behind what comes in: fewer events at once, until that has passed. */
  fellBehind(): void;
}

type Reading =
  | { readonly ok: true; readonly event: DomainEvent; readonly routes: readonly Route[] }
  | { readonly ok: false; readonly rejection: Rejection };

export function createBridge(parts: BridgeParts): Bridge {
  const { catalogue, workflows, deadLetters, poisonDetection, metrics, clock, now, random, sleep } = parts;
  const { concurrency = PARTITIONS } = parts;
  const log = quietLog(parts.log, now);
  const limiter = createLimiter({ most: concurrency, now, log });
  const breaker = createCircuitBreaker({ now, random, sleep, log });
  const targets = createDispatchTargets(catalogue.routes, log);
  const hook = createHook(parts.hook, log);
  const heartbeats = createHeartbeats(log);
  metrics.concurrency(() => limiter.limit());
  metrics.misconfigured(targets.all, (target) => targets.isMisconfigured(target));

  return {
    targets: targets.all,
    isMisconfigured: (target) => targets.isMisconfigured(target),
    fellBehind: () => limiter.cut('the workers fall behind'),
    handle: (delivery, stopping) =>
      processAndSettle(delivery, () => process(delivery, stopping), {
        heartbeats,
        settled: (outcome, reason, seconds) => metrics.settled(outcome, reason, seconds),
        log,
        now,
      }),
  };

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    const hold = holding(delivery);
    const deadLetter = (rejection: Rejection, route?: string) =>
      sendToDeadLetters({ delivery, rejection, route }, { deadLetters, hold, stopping, log, random, sleep });
    const poisonCheck = await poisonCheckOf(delivery, poisonDetection);
    if (poisonCheck.kind === 'poison') return deadLetter(poisonCheck.rejection);

    // Decoding runs a domain's schemas and conditions. It waits neither for Temporal nor for a place among the attempts.
    const reading = await (poisonCheck.kind === 'suspect'
      ? limiter.runAlone(() => poisonCheck.tried(() => Promise.resolve(read(delivery))))
      : limiter.runUnlimited(() => read(delivery)));
    if (!reading.ok) return deadLetter(reading.rejection);
    const { event, routes } = reading;

    const attempt = <Result>(ask: () => Promise<Result>) =>
      breaker.run(
        () =>
          poisonCheck.kind === 'suspect' ? limiter.runAlone(() => poisonCheck.tried(ask)) : limiter.run(ask),
        stopping,
      );
    const settlements: Settled[] = [];
    for (const route of routes) {
      const settlement = await deliver(
        event,
        route,
        { stopping, attempt, hold, deadLetter },
        { workflows, limiter, breaker, targets, hook, log, clock, random, sleep },
      );
      if (settlement.outcome === 'released') return RELEASED;
      settlements.push(settlement);
    }
    return worst(settlements);
  }

  function read(delivery: Delivery): Reading {
    const decoding = decode(delivery, catalogue);
    if (!decoding.ok) return decoding;
    const { published, publishedData, stripped } = decoding;
    // As it was published: a contract that changes makes no other event of it.
    const contentHash = parts.hash(contentText({ type: published.type, data: publishedData }));
    const event = { ...decoding.event, contentHash };
    if (stripped.length > 0) metrics.unknownFields(published.type, stripped);
    const routing = routesFor(event, delivery.headers, catalogue);
    return routing.ok ? { ...routing, event } : routing;
  }

  function holding({ subject, sequence }: Delivery): Delivering['hold'] {
    const told = new Set<HoldCause>();
    return (cause, error, workflowId) => {
      metrics.held(cause);
      // The circuit breaker has written an outage to the log, once for all events.
      if (told.has(cause) || cause === 'temporal-away') return;
      told.add(cause);
      const fields = { err: error, subject, sequence, workflowId };
      // A warning of the same words is left out within the same second; here each event is to be named.
      if (cause === 'workflow-failing' || cause === 'hook-failing') log.error(fields, `event held: ${cause}`);
      else log.warn(fields, `event held: ${cause}`);
    };
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
