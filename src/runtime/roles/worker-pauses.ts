import type { Client } from '@temporalio/client';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Database } from '../../adapters/postgres';
import type { Log } from '../../contracts';
import type { FollowedPauses, SwitchablePool } from '../../switches';
import { createProviderStore, followPauses, readAndEndPause } from '../../switches';
import { system } from '../system';
import { pauseProviders } from './provider-pauses';

/** Temporal itself holds the steps of a paused pool: its workers only show the pause, and end it. */
const POOL_READ_MS = 5_000;

/** The pauses that concern a worker: that of its pool, and those of the providers that it calls. */
export interface WorkerPauses {
  readonly interceptors: readonly ActivityInterceptorsFactory[];
  /** Whether it is known which providers are paused: until then no call is made. */
  isKnown(): boolean;
  degraded(): Readonly<Record<string, string>>;
  stop(): void;
}

export function followWorkerPauses(parts: {
  readonly client: Client;
  readonly database: Database;
  readonly pool: SwitchablePool;
  /** Base URL of each provider, by name. */
  readonly providers: Readonly<Record<string, string>>;
  readonly log: Log;
}): WorkerPauses {
  const { client, database, pool, providers, log } = parts;
  const { clock } = system;
  const ofPool = followPauses({
    ...{ kind: 'pool', log, clock, everyMs: POOL_READ_MS },
    read: () => readAndEndPause(client, pool, clock),
  });
  const ofProviders = Object.keys(providers).length > 0 ? followProviders() : undefined;
  const gate = ofProviders && pauseProviders(providers, (provider) => ofProviders.heldBecause(provider));

  return {
    interceptors: gate ? [gate.interceptor] : [],
    isKnown: () => ofProviders?.isKnown() ?? true,
    degraded: () => ({ ...ofPool.degraded(), ...ofProviders?.degraded() }),
    stop: () => {
      ofPool.stop();
      ofProviders?.stop();
      gate?.end();
    },
  };

  function followProviders(): FollowedPauses {
    const store = createProviderStore(database);
    const isOwn = ({ name }: { readonly name: string }) => Object.hasOwn(providers, name);
    return followPauses({
      ...{ kind: 'provider', log, clock },
      read: async () => (await store.list()).filter(isOwn),
    });
  }
}
