import { AsyncLocalStorage } from 'node:async_hooks';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { providerBases, providerOf } from '../../adapters/prometheus';

/** A call that was not made, because its provider is paused. */
class ProviderPausedError extends Error {
  override readonly name = 'ProviderPausedError';
}

/** Type of the failure of a step that has met a paused provider. It is retried, as in an outage of the provider. */
const PROVIDER_PAUSED = 'provider-paused';

/** The first call of a running step that was not made. */
interface Attempt {
  refused?: ProviderPausedError;
}

export interface ProviderPauses {
  /** Lets a step that has met a paused provider fail with the words of the pause, whatever it has made of the error. */
  readonly interceptor: ActivityInterceptorsFactory;
  /** From now on all calls are made. */
  end(): void;
}

/**
 * Keeps this process from calling paused providers. It replaces the global `fetch`, so it sees what is called with it, by
 * any code of the process; a client on `node:http` is not paused.
 *
 * @param addresses base URL of each provider, by name
 * @param heldBecause why a provider may not be called now; `undefined` if it may
 */
export function pauseProviders(
  addresses: Readonly<Record<string, string>>,
  heldBecause: (provider: string) => string | undefined,
): ProviderPauses {
  const bases = providerBases(addresses);
  const attempts = new AsyncLocalStorage<Attempt>();
  const inner = globalThis.fetch;
  let isOver = false;

  const gated: typeof fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    // `fetch` itself says what is wrong with an address.
    const refused = isOver || !URL.canParse(address) ? undefined : refusalOf(new URL(address));
    if (!refused) return inner(input, init);
    const attempt = attempts.getStore();
    if (attempt) attempt.refused ??= refused;
    return Promise.reject(refused);
  };
  globalThis.fetch = gated;

  return {
    interceptor: () => ({
      inbound: {
        execute: async (input, next) => {
          const attempt: Attempt = {};
          try {
            return await attempts.run(attempt, () => next(input));
          } catch (error) {
            const { refused } = attempt;
            if (!refused) throw error;
            throw ApplicationFailure.create({ message: refused.message, type: PROVIDER_PAUSED });
          }
        },
      },
    }),
    end: () => {
      isOver = true;
      // Another worker of this process may have replaced it, too.
      if (globalThis.fetch === gated) globalThis.fetch = inner;
    },
  };

  function refusalOf(url: URL): ProviderPausedError | undefined {
    const provider = providerOf(bases, { origin: url.origin, path: url.pathname });
    if (provider === undefined) return undefined;
    const because = heldBecause(provider);
    return because === undefined ? undefined : new ProviderPausedError(`${provider} is ${because}`);
  }
}
