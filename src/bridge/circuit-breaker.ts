import { backoff } from './backoff';
import type { Log } from './ports';

/**
 * Stops asking Temporal while it does not answer. It opens on the answers to all events, never on those to one: an attempt
 * without an answer opens it only when no other attempt was answered within the last second.
 */
export interface CircuitBreaker {
  /**
   * Runs the attempt. While the breaker is open, one attempt runs at a time, after a pause; the others wait for its answer.
   * `undefined`: `stopping` aborted while the breaker was open. Otherwise an attempt also runs while we stop: an event
   * that is given back untried is delivered a second time.
   */
  run<Result>(attempt: () => Promise<Result>, stopping: AbortSignal): Promise<Result | undefined>;
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
  probing: Promise<void> | undefined;
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
    run: async (attempt, stopping) => {
      if (!isOpen()) return attempt();
      const probed = await admission(stopping);
      try {
        return isOpen() && stopping.aborted ? undefined : await attempt();
      } finally {
        probed?.();
      }
    },
  };

  /** @returns what ends the probe; nothing where the breaker has closed, or we stop */
  async function admission(stopping: AbortSignal): Promise<(() => void) | undefined> {
    while (openCircuit && !stopping.aborted) {
      if (openCircuit.probing) {
        await openCircuit.probing;
        continue;
      }
      const current = openCircuit;
      let ended: () => void = () => undefined;
      current.probing = new Promise((resolve) => (ended = resolve));
      await sleep(backoff(++current.probes, random), stopping);
      return () => {
        current.probing = undefined;
        ended();
      };
    }
    return undefined;
  }
}
