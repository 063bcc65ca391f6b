import type { FastifyInstance, FastifyPluginAsync, FastifyPluginOptions } from 'fastify';

type Add<Options> = (scope: FastifyInstance, options: Options) => void | Promise<void>;

/** Fastify's mark for a plugin without a scope of its own; `fastify-plugin` sets the same one. */
const SKIP_OVERRIDE = Symbol.for('skip-override');

/**
 * Makes a plugin with a scope of its own. An error in `add` fails the start: Fastify does not catch what a plugin of
 * the callback style throws.
 */
export function encapsulated<Options extends FastifyPluginOptions = object>(
  add: Add<Options>,
): FastifyPluginAsync<Options> {
  return async (scope, options) => {
    await add(scope, options);
  };
}

/** Makes a plugin whose additions apply to the scope that registers it, and to the scopes below. */
export function unencapsulated<Options extends FastifyPluginOptions = object>(
  add: Add<Options>,
): FastifyPluginAsync<Options> {
  return Object.assign(encapsulated(add), { [SKIP_OVERRIDE]: true });
}
