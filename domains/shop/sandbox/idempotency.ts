import { createHash } from 'node:crypto';
import { refusal, type Answer, type Decision } from './decision';
import type { Fact, KeptAnswer, Provider } from './facts';
import type { Sources } from './sources';
import type { Store } from './store';

export interface KeyedCall {
  readonly provider: Provider;
  readonly key: string;
  /** Method, path and parsed body: requests with the same content are the same. */
  readonly content: readonly unknown[];
  /** Resolves when the provider has done the work that precedes its decision; the key is in flight until then. */
  readonly work?: (() => Promise<void>) | undefined;
  /**
   * Gets the number of earlier requests with this key that had no effect. Synchronous, so that nothing changes the state in
   * between.
   */
  readonly decide: (tries: number) => Decision;
}

export interface KeyedAnswer extends Answer {
  readonly replayed: boolean;
  readonly fault?: 'lost' | 'garbled' | undefined;
}

export interface Idempotency {
  /**
   * Makes a call take effect once per key. Resolves when effect and answer are in the journal, in one line. The same key with
   * another content is answered 422; a call whose key is in flight is answered 409.
   */
  readonly oncePerKey: (call: KeyedCall) => Promise<KeyedAnswer>;
  /** The payment or shipment that the call with this key made or changed. */
  readonly subjectOf: (provider: Provider, key: string) => string | undefined;
}

export interface IdempotencyParts {
  readonly store: Store;
  readonly sources: Sources;
  /** After this many milliseconds a key counts as new; `undefined`: never. */
  readonly keysForgottenMs?: number | undefined;
}

export function createIdempotency({ store, sources, keysForgottenMs }: IdempotencyParts): Idempotency {
  const inFlight = new Set<string>();

  function answerKept(id: string): KeptAnswer | undefined {
    const kept = store.state.answers.get(id);
    const tooOld = kept && keysForgottenMs !== undefined && sources.now() - kept.keptAt >= keysForgottenMs;
    return tooOld ? undefined : kept;
  }

  return {
    oncePerKey: async (call) => {
      const id = callId(call.provider, call.key);
      const fingerprint = createHash('sha256').update(JSON.stringify(call.content)).digest('hex');
      if (inFlight.has(id)) return { ...keyInFlight, replayed: false };
      const kept = answerKept(id);
      if (kept && kept.fingerprint !== fingerprint) return { ...keyReused, replayed: false };
      if (kept) return { status: kept.status, body: kept.body, replayed: true };
      inFlight.add(id);
      try {
        await call.work?.();
        const decision = call.decide(store.state.tries.get(id) ?? 0);
        store.commit(factsOf(decision, { id, fingerprint, keptAt: sources.now() }));
        return { ...decision.answer, replayed: false, fault: decision.fault };
      } finally {
        inFlight.delete(id);
      }
    },
    subjectOf: (provider, key) => answerKept(callId(provider, key))?.subject,
  };
}

/** The id under which an answer is kept; each provider has its own key space. */
export function callId(provider: Provider, key: string): string {
  return `${provider}:${key}`;
}

function factsOf(
  decision: Decision,
  { id, ...call }: { id: string; fingerprint: string; keptAt: number },
): readonly Fact[] {
  if (decision.kind === 'unsettled') return [{ kind: 'call-tried', callId: id }];
  const { answer, subject, facts } = decision;
  const kept = { ...call, ...answer, ...(subject !== undefined && { subject }) };
  return [...facts, { kind: 'answer-kept', callId: id, answer: kept }];
}

const keyInFlight = refusal(409, {
  type: 'idempotency_error',
  code: 'key_in_flight',
  message: 'Idempotency-Key: another request with this key is still being processed.',
});

const keyReused = refusal(422, {
  type: 'idempotency_error',
  code: 'key_reused',
  message: 'Idempotency-Key: this key was used before, for another request.',
});
