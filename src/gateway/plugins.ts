import type { FastifyInstance } from 'fastify';
import { errorMessage, InvalidConfigError } from '../contracts';
import { encapsulated, unencapsulated } from './encapsulation';
import { bodyOf } from './problem';

/** A plugin of the deployment. */
export interface NamedPlugin {
  /** Name of the plugin's function; may be empty. */
  readonly name: string;
  add(fastify: FastifyInstance): void | Promise<void>;
}

const PROBLEM_JSON = 'application/problem+json';
const FIRST_ERROR = 400;
/** The owner of the engine's own routes. */
const GATEWAY = 'the gateway';

export interface PluginsOptions {
  /** The plugins, in the order in which they are loaded. */
  readonly plugins: readonly NamedPlugin[];
  /** Adds the engine's own routes. */
  readonly behind: (own: FastifyInstance) => Promise<void>;
}

/**
 * Loads the plugins in one scope, and the engine's routes in a scope below it. The engine's routes run the plugins'
 * hooks, but have body parsers and error handlers of their own. Plugins do not affect the scope above, which has the
 * health routes.
 */
export const deploymentPlugins = encapsulated<PluginsOptions>(async (scope, { plugins, behind }) => {
  // The scope above reads every body as bytes; plugins expect Fastify's own JSON parser.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    scope.getDefaultJsonParser('error', 'error'),
  );
  const routes = watchRoutes(scope);
  for (const [index, plugin] of plugins.entries()) {
    const name = `gateway.plugins[${index}]${plugin.name ? ` (${plugin.name})` : ''}`;
    routes.addedBy(name);
    try {
      await scope.register(unencapsulated((fastify) => plugin.add(fastify)));
    } catch (error) {
      throw failed(name, error);
    }
  }
  routes.addedBy(GATEWAY);
  try {
    await scope.register(async (own) => {
      if (plugins.length > 0) answerProblems(own);
      await behind(own);
    });
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error;
    throw failed('the gateway’s own routes, behind gateway.plugins,', error);
  }
});

/**
 * Remembers which plugin has added each route, so that the error about a second one names the first: Fastify's own
 * message blames the later one.
 */
function watchRoutes(scope: FastifyInstance): { addedBy: (name: string) => void } {
  const owners = new Map<string, string>();
  let adding = GATEWAY;
  scope.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      const owner = owners.get(placeOf(each, url));
      if (owner === undefined) owners.set(placeOf(each, url), adding);
      else if (adding === GATEWAY)
        throw new InvalidConfigError([
          `${owner} has the route ${each} ${url}, which is the gateway’s own; give the plugin’s another path`,
        ]);
    }
  });
  return { addedBy: (name) => (adding = name) };
}

/** The key of a route. Parameters with different names do not make different routes. */
function placeOf(method: string, url: string): string {
  return `${method} ${url.replaceAll(/:\w+/g, ':')}`;
}

/** Gives an error response that a plugin's hook sends the format of all other errors. */
function answerProblems(own: FastifyInstance): void {
  own.addHook('onSend', async (_request, reply, payload) => {
    const status = reply.statusCode;
    const type = String(reply.getHeader('content-type') ?? '');
    if (status < FIRST_ERROR || type.startsWith(PROBLEM_JSON)) return payload;
    const detail = typeof payload === 'string' ? payload : '';
    const body = bodyOf({
      status,
      reason: 'refused-by-plugin',
      title: 'a plugin of the gateway refuses it',
      detail,
    });
    void reply.removeHeader('content-length').type(PROBLEM_JSON);
    return Promise.resolve(JSON.stringify(body));
  });
}

function failed(what: string, error: unknown): InvalidConfigError {
  const message = errorMessage(error);
  return new InvalidConfigError([`${what} fails at the start: ${message}`], { cause: error });
}
