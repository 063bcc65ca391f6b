import type { Deferred } from '../async';
import { deferred } from '../async';
import type { Log } from '../contracts';
import { retryPause } from '../delivery';

/**
 * Stops asking Temporal while it does not answer. It opens on the answers to all events, never on those to one: an attempt
 * without an answer opens it only when no other attempt was answered within the last second.
 */
export interface CircuitBreaker {
  /**
   * Resolves when an attempt may be made: at once, or while the breaker is open, one at a time and after a pause, for the others wait
   * for its answer. Also while we stop, an event is tried once: one that is given back untried is delivered a second time.
   *
   * @returns what ends the attempt; `undefined`: `stopping` aborted while the breaker was open
   */
  admit(stopping: AbortSignal): Promise<(() => void) | undefined>;
  /** Temporal has answered: closes the breaker. */
  answered(): void;
  /** Temporal has not answered. */
  unanswered(cause: unknown): void;
  isOpen(): boolean;
}

export interface CircuitBreakerParts {
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

/** With 64 partitions at work answers come every few milliseconds: after a second without one it is no single workflow. */
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

/** Of an attempt that nobody waits for. */
const NO_PROBE = () => undefined;
