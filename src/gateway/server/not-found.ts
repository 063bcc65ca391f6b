import type { Catalogue } from '../../contracts';
import { unencapsulated } from '../encapsulation';
import type { Problem } from '../problem';
import { sendProblem } from '../problem';

export interface NotFoundOptions {
  readonly catalogue: Catalogue;
}

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Answers a request to any other path with a problem that lists the paths, and another method of a known path with 405
 * and `Allow`. Must be registered before the routes.
 */
export const notFound = unencapsulated<NotFoundOptions>((scope, { catalogue }) => {
  const known = new Map<string, KnownPath>();
  scope.addHook('onRoute', ({ method, url }) => {
    const path = known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    known.set(url, path);
    for (const each of [method].flat()) path.methods.add(each);
  });
  scope.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = [...known.values()].flatMap((each) => (each.pattern.test(path) ? [...each.methods] : []));
    if (methods.length === 0) return sendProblem(reply, nothingHere(request, catalogue));
    const allow = [...new Set(methods)].sort().join(', ');
    void reply.header('allow', allow);
    return sendProblem(reply, {
      status: 405,
      reason: 'method-not-allowed',
      title: 'this path has other methods',
      detail: `${request.method} is none of ${allow}`,
    });
  });
});

/** A route's URL as Fastify has it: `:name` is a part of the path, `*` any rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);
}

function nothingHere(
  { method, url }: { readonly method: string; readonly url: string },
  { endpoints }: Catalogue,
): Problem {
  const paths = ['/events', '/webhooks/:provider', ...endpoints.map(({ path }) => path)];
  return {
    status: 404,
    reason: 'not-found',
    title: 'there is nothing here',
    detail: `${method} ${url}: ${paths.map((path) => `POST ${path}`).join(', ')}`,
  };
}
