import type {
  Catalogue,
  CheckedSignature,
  CheckSignature,
  DomainEvent,
  Log,
  Rejection,
  Route,
} from '../contracts';
import {
  contentText,
  decodeSigned,
  PARTITIONS,
  routeAskedIn,
  sealedForAnother,
  subscriptionRoute,
} from '../contracts';
import type { DeadLetters, Delivery, Settlement } from '../delivery';
import { createDeadLettering, createHold, createSettlements, quietLog } from '../delivery';
import type { InEventSpan } from '../tracing';
import { createCircuitBreaker } from './circuit-breaker';
import type { Deliver } from './deliver';
import { createDeliver } from './deliver';
import { createHook } from './hook';
import { createLimiter } from './limiter';
import { createPoisonDetection } from './poison-message';
import { dispatchAttributes, toldOf } from './spans';
import type {
  BridgeMetrics,
  DispatchHook,
  EventOutcome,
  HoldCause,
  PausedRoutes,
  PoisonMarks,
  DispatchTarget,
  Workflows,
} from './ports';
import { createDispatchTargets } from './dispatch-targets';
import type { WaitingQuota } from './waiting-quota';

export interface BridgeParts {
  readonly catalogue: Catalogue;
  readonly workflows: Workflows;
  readonly deadLetters: DeadLetters;
  readonly poisonMarks: PoisonMarks;
  /** Checks the signature of each event, before it is parsed. Default: none is checked */
  readonly checkSignature?: CheckSignature | undefined;
  /** Puts the work on each event into its trace. Default: events keep the trace that they have. */
  readonly inEventSpan?: InEventSpan | undefined;
  /** Runs around each attempt to dispatch an event. */
  readonly hook?: DispatchHook | undefined;
  /** Default: no route is ever paused. */
  readonly pausedRoutes?: PausedRoutes;
  /** Limits the processes that early events open. Default: no limit. */
  readonly quota?: WaitingQuota;
  readonly metrics: BridgeMetrics;
  readonly log: Log;
  /** A hash of the text. With it, workflows recognise another event under the same identity. */
  readonly hash: (text: string) => string;
  readonly clock: () => Date;
  /** The most events to dispatch at once. Default: the number of partitions. */
  readonly concurrency?: number;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Bridge {
  /**
   * Takes one event through decode → route → dispatch → settle. Resolves when the event is settled, or when it is
   * released because `stopping` aborted while it was held. During a stop an event in flight is still tried once,
   * because a released event is delivered a second time. Never rejects: after any error the next event can be
   * handled.
   */
  readonly handle: (delivery: Delivery, stopping: AbortSignal) => Promise<void>;
  /** The dispatch targets; each may be misconfigured by itself. */
  readonly targets: readonly DispatchTarget[];
  /** Whether Temporal refuses every event for this target: they are held. */
  isMisconfigured(target: DispatchTarget): boolean;
  /** Lowers the number of concurrent events because the workers fall behind. It grows again with successful attempts. */
  fellBehind(): void;
}

type Settled = Settlement<EventOutcome>;

type Routed =
  | { readonly ok: true; readonly event: DomainEvent; readonly routes: readonly Route[] }
  | { readonly ok: false; readonly rejection: Rejection };

/**
 * `error`: the log names each of these events. `none`: the circuit breaker logs an outage, and the role a pause, once for
 * all events.
 */
const LEVELS = {
  'workflow-failing': 'error',
  'hook-failing': 'error',
  'temporal-away': 'none',
  paused: 'none',
} as const;

export function createBridge(parts: BridgeParts): Bridge {
  const { catalogue, metrics, now, random, sleep } = parts;
  const log = quietLog(parts.log, now);
  const settlements = createSettlements<EventOutcome>({ metrics, log, now });
  const hold = createHold<HoldCause>({ metrics, log, levels: LEVELS });
  const deadLetter = createDeadLettering({ deadLetters: parts.deadLetters, hold, log, random, sleep });
  const limiter = createLimiter({ most: parts.concurrency ?? PARTITIONS, now, log });
  const breaker = createCircuitBreaker({ now, random, sleep, log });
  const poison = createPoisonDetection(parts.poisonMarks, limiter);
  const targets = createDispatchTargets(catalogue.routes, log);
  const hook = parts.hook && createHook(parts.hook, log);
  const inEventSpan: InEventSpan = parts.inEventSpan ?? ((event, _span, work) => work(event));
  const deliver = createDeliver({ ...parts, limiter, breaker, poison, targets, hook, hold, log });
  metrics.concurrency(() => limiter.limit());
  metrics.misconfigured(targets.all, (target) => targets.isMisconfigured(target));

  return {
    handle,
    targets: targets.all,
    isMisconfigured: (target) => targets.isMisconfigured(target),
    fellBehind: () => limiter.cut('the workers fall behind'),
  };

  async function handle(delivery: Delivery, stopping: AbortSignal): Promise<void> {
    const inFlight = settlements.begin(delivery);
    try {
      inFlight.settle(await process(delivery, stopping));
    } catch (error) {
      // The connection is closed, or this is a defect.
      inFlight.leave(error);
    }
  }

  async function process(delivery: Delivery, stopping: AbortSignal): Promise<Settled> {
    const poisonCheck = await poison.poisonCheckOf(delivery);
    if (poisonCheck.kind === 'poison')
      return deadLetter({ delivery, rejection: poisonCheck.rejection }, stopping);

    // This runs a domain's schemas and conditions. It waits neither for Temporal nor for the concurrency limit.
    const endDecoding =
      poisonCheck.kind === 'suspect' ? await poison.beginAlone(delivery, poisonCheck) : undefined;
    let routing: Routed;
    try {
      const signature = parts.checkSignature?.(delivery);
      while (!endDecoding && limiter.alone()) await limiter.alone();
      routing = decodeAndRoute(delivery, signature);
    } finally {
      await endDecoding?.();
    }
    if (!routing.ok) return deadLetter({ delivery, rejection: routing.rejection }, stopping);

    const { routes } = routing;
    return inEventSpan(
      routing.event,
      { name: 'process event', kind: 'consumer' },
      (event) => deliverTo(event, routes, { delivery, poisonCheck, stopping }),
      toldOf,
    );
  }

  async function deliverTo(
    event: DomainEvent,
    routes: readonly Route[],
    from: Parameters<Deliver>[2],
  ): Promise<Settled> {
    const { delivery, stopping } = from;
    const ends: Settled[] = [];
    for (const route of routes) {
      const span = {
        name: 'dispatch',
        kind: 'client',
        attributes: () => dispatchAttributes(event, route),
      } as const;
      const end = await inEventSpan(event, span, (traced) => deliver(traced, route, from), toldOf);
      const settled =
        end.outcome === 'dead-letter'
          ? await deadLetter({ delivery, rejection: end.rejection, route: route.name, event }, stopping)
          : end;
      if (settled.outcome === 'released') return settled;
      ends.push(settled);
    }
    return worst(ends);
  }

  function decodeAndRoute(delivery: Delivery, signature: CheckedSignature | undefined): Routed {
    const decoding = decodeSigned(delivery, catalogue, signature);
    if (!decoding.ok) return decoding;
    const { published, publishedData, stripped } = decoding;
    const foreign = sealedForAnother(published, publishedData, parts.hash);
    if (foreign) return { ok: false, rejection: foreign };
    if (stripped.length > 0) metrics.unknownFields(published.type, stripped);
    // The hash is of the data as published, so that a changed contract does not make it another event.
    const contentHash = parts.hash(contentText({ type: published.type, data: publishedData }));
    const event = { ...decoding.event, contentHash };
    settlements.decoded(delivery, event.time);
    return routesFor(event, delivery.headers, catalogue);
  }
}

/** The routes that an event takes: none, one or several. A redriven event takes only the route that it asks for. Pure. */
export function routesFor(event: DomainEvent, headers: Delivery['headers'], catalogue: Catalogue): Routed {
  const routes = catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
  const asked = routeAskedIn(headers);
  if (asked === undefined) return { ok: true, event, routes };
  const route = routes.find(({ name }) => name === asked);
  if (route) return { ok: true, event, routes: [route] };
  if (catalogue.subscriptions.some((each) => subscriptionRoute(each) === asked))
    return { ok: true, event, routes: [] };
  const detail = `no route "${asked}" takes this ${event.type}`;
  return { ok: false, rejection: { reason: 'unknown-route', detail } };
}

/** An event with several routes is counted once: the outcome that matters most to an operator comes first. */
function worst(settlements: readonly Settled[]): Settled {
  const order: readonly EventOutcome[] = ['dead-letter', 'accepted', 'repeated', 'discarded'];
  const found = order
    .map((outcome) => settlements.find((settlement) => settlement.outcome === outcome))
    .find(Boolean);
  return found ?? { outcome: 'unrouted' };
}
