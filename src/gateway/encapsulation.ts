import type { FastifyInstance, FastifyPluginAsync, FastifyPluginOptions } from 'fastify';

type Add<Options> = (scope: FastifyInstance, options: Options) => void | Promise<void>;

/** Fastify's mark of a plugin that gets no scope of its own; `fastify-plugin` sets the same one. */
const SKIP_OVERRIDE = Symbol.for('skip-override');

/**
 * A plugin with a scope of its own. What `add` throws fails the start: Fastify does not catch what a plugin of the callback
 * style throws.
 */
export function encapsulated<Options extends FastifyPluginOptions = object>(
  add: Add<Options>,
): FastifyPluginAsync<Options> {
  return async (scope, options) => {
    await add(scope, options);
  };
}

/** A plugin whose additions hold in the scope that registers it, and in the scopes below. */
export function unencapsulated<Options extends FastifyPluginOptions = object>(
  add: Add<Options>,
): FastifyPluginAsync<Options> {
  return Object.assign(encapsulated(add), { [SKIP_OVERRIDE]: true });
}
