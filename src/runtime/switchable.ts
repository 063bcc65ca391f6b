import type { OperatorContext } from '../operator';
import type { LoadedApp } from './app';

/** The pools and providers of a project, which operators can pause. */
export function switchableIn({ pools }: Pick<LoadedApp, 'pools'>): ReturnType<OperatorContext['switchable']> {
  const providers = Object.values(pools).flatMap((pool) => pool.providers ?? []);
  return {
    pools: Object.entries(pools).map(([pool, { taskQueue }]) => ({ pool, taskQueue })),
    providers: [...new Set(providers)].sort(),
  };
}
