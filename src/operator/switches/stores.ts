import { createPoolStore, createProviderStore, createRouteStore } from '../../switches';
import type { PauseStore, SwitchKind } from '../../switches';
import type { OperatorContext } from '../context';

/** Opens the store of each kind. A kind whose server is away fails by itself. */
const STORES: Readonly<Record<SwitchKind, (context: OperatorContext) => Promise<PauseStore>>> = {
  route: async (context) => createRouteStore(await context.deadLetters()),
  pool: async (context) => createPoolStore(await context.temporal(), context.switchable().pools),
  provider: (context) => Promise.resolve(createProviderStore(context.database())),
};

export function storeOf(context: OperatorContext, kind: SwitchKind): Promise<PauseStore> {
  return STORES[kind](context);
}

/** The names of what can be paused, by kind. */
export function namesOf(context: OperatorContext, kind: SwitchKind): readonly string[] {
  switch (kind) {
    case 'route':
      return [...new Set(context.catalogue.routes.map(({ workflow }) => workflow.name))].sort();
    case 'pool':
      return context.switchable().pools.map(({ pool }) => pool);
    case 'provider':
      return context.switchable().providers;
  }
}
