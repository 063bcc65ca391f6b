import type { Deferred } from '../async';
import { deferred } from '../async';
import type { Log } from '../contracts';
import { retryPause } from '../delivery';

/**
 * Stops calls to Temporal while Temporal does not answer. The breaker judges by the answers to all events, never to
 * one: an attempt without an answer opens it only if no other attempt was answered within the last second.
 */
export interface CircuitBreaker {
  /**
   * Resolves when an attempt may be made. While the breaker is closed, that is at once. While it is open, one attempt
   * at a time is made, after a pause, and the others wait for its answer. During a stop an event is still tried once,
   * because an event that is released untried is delivered a second time.
   *
   * @returns a function that ends the attempt, or `undefined` if `stopping` aborted while the breaker was open
   */
  admit(stopping: AbortSignal): Promise<(() => void) | undefined>;
  /** Temporal has answered: closes the breaker. */
  answered(): void;
  /** Temporal has not answered. */
  unanswered(cause: unknown): void;
  isOpen(): boolean;
}

export interface CircuitBreakerParts {
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/**
 * With 64 busy partitions an answer comes every few milliseconds. A second without one is not the fault of a single
 * workflow.
 */
const SILENCE_MS = 1_000;

interface OpenCircuit {
  readonly since: number;
  probes: number;
  /** Resolves when the running probe has its answer; absent between probes. */
  probing: Deferred<void> | undefined;
}

export function createCircuitBreaker({ now, random, sleep, log }: CircuitBreakerParts): CircuitBreaker {
  let openCircuit: OpenCircuit | undefined;
  let lastAnswer = -Infinity;
  const isOpen = () => openCircuit !== undefined;

  return {
    isOpen,
    answered: () => {
      lastAnswer = now();
      if (!openCircuit) return;
      const awaySeconds = Math.round((now() - openCircuit.since) / 100) / 10;
      openCircuit = undefined;
      log.info({ awaySeconds }, 'Temporal is back: events go on');
    },
    unanswered: (cause) => {
      if (openCircuit || now() - lastAnswer < SILENCE_MS) return;
      openCircuit = { since: now(), probes: 0, probing: undefined };
      log.warn({ err: cause }, 'Temporal is away: events are held');
    },
    admit: async (stopping) => {
      while (openCircuit && !stopping.aborted) {
        if (openCircuit.probing) await openCircuit.probing.promise;
        else return probe(openCircuit, stopping);
      }
      return isOpen() ? undefined : NO_PROBE;
    },
  };

  async function probe(current: OpenCircuit, stopping: AbortSignal): Promise<(() => void) | undefined> {
    const probing = deferred();
    current.probing = probing;
    const end = () => {
      current.probing = undefined;
      probing.resolve();
    };
    await sleep(retryPause(++current.probes, random), stopping);
    if (!isOpen() || !stopping.aborted) return end;
    end();
    return undefined;
  }
}

/** Ends an attempt for which no other attempt waits. */
const NO_PROBE = () => undefined;
