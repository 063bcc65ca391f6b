import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { encapsulated } from './encapsulation';

/** The dependencies of a process, by name. Each check returns whether the dependency is available at this moment. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

/**
 * What a check that fails means, and what to do, in words for a person; by the name of the check. `unless` names another
 * check: while that one fails, too, it is the cause, and these words would be wrong.
 */
export type Reasons = Readonly<Record<string, string | { readonly words: string; readonly unless: string }>>;

export interface Health {
  /** Called at each probe, because a process that is still starting has other checks. */
  readonly checks: () => Checks;
  /** Default: a failing check has its name alone. */
  readonly reasons?: Reasons;
  /** Problems that do not stop the work, each in a few words. They do not make the process unready. */
  readonly degraded?: () => Readonly<Record<string, string>>;
  /** Metrics in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}

/** The checks of a process that is about to stop: before anything else, it reports that it is not ready. */
export const STOPPING: Checks = { 'not-stopping': () => false };

/** A probe waits this long for one check at most; the default time-out of Kubernetes is one second. */
const CHECK_MS = 2_000;

/**
 * `/livez`: the process responds. `/readyz`: whether work can be done, and if not, what is missing and why. `/metrics`:
 * metrics.
 */
const healthRoutes = encapsulated<Health>((app, { checks, reasons = {}, degraded, metrics }) => {
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', async (_, reply) => {
    const results = await Promise.all(
      Object.entries(checks()).map(async ([name, check]) => [name, await answerOf(check)] as const),
    );
    const ready = results.every(([, up]) => up);
    const worries = degraded?.() ?? {};
    const failing = results.filter(([, up]) => !up).map(([name]) => name);
    const why = failing.flatMap((name) => {
      const reason = reasons[name];
      if (reason === undefined || typeof reason === 'string')
        return reason === undefined ? [] : [[name, reason]];
      return failing.includes(reason.unless) ? [] : [[name, reason.words]];
    });
    return reply.code(ready ? 200 : 503).send({
      ...{ ready, checks: Object.fromEntries(results) },
      ...(why.length > 0 && { reasons: Object.fromEntries(why) as Readonly<Record<string, string>> }),
      ...(Object.keys(worries).length > 0 && { degraded: worries }),
    });
  });
  app.get('/metrics', async (_, reply) => reply.type('text/plain; version=0.0.4').send(await metrics()));
});

async function answerOf(check: Checks[string]): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), CHECK_MS).unref());
  return Promise.race([
    Promise.resolve()
      .then(check)
      .catch(() => false),
    late,
  ]);
}

/**
 * Starts a server for health and metrics alone.
 *
 * @returns a function that closes the server
 */
export async function serveHealth(
  health: Health,
  address: { host: string; port: number },
): Promise<() => Promise<void>> {
  const app = healthServer(health);
  await app.listen(address);
  return () => app.close();
}

export function healthServer(health: Health): FastifyInstance {
  const app = Fastify();
  void app.register(healthRoutes, health);
  return app;
}
