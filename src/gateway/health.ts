import Fastify from 'fastify';
import { encapsulated } from './encapsulation';

/** What a role needs to work: each answers whether it is there at this moment. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

export interface Health {
  /** Asked at each look: a role that is still starting has others. */
  readonly checks: () => Checks;
  /** What is not as it should be while work still goes on, each in a few words; no reason to be not ready. */
  readonly degraded?: () => Readonly<Record<string, string>>;
  /** Metrics in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}

/** A process that is about to end is not ready, first of all. */
export const STOPPING: Checks = { 'not-stopping': () => false };

/** No probe waits longer for one check; Kubernetes' own default time-out is a second. */
const CHECK_MS = 2_000;

/** `/livez`: the process turns. `/readyz`: all that it needs is there, or what is missing. `/metrics`. */
export const healthRoutes = encapsulated<Health>((app, { checks, degraded, metrics }) => {
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', async (_, reply) => {
    const results = await Promise.all(
      Object.entries(checks()).map(async ([name, check]) => [name, await answerOf(check)] as const),
    );
    const ready = results.every(([, up]) => up);
    const worries = degraded?.() ?? {};
    return reply.code(ready ? 200 : 503).send({
      ...{ ready, checks: Object.fromEntries(results) },
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

/** A server for health alone, for the roles that have no HTTP of their own. */
export async function serveHealth(
  health: Health,
  address: { host: string; port: number },
): Promise<() => Promise<void>> {
  const app = Fastify();
  void app.register(healthRoutes, health);
  await app.listen(address);
  return () => app.close();
}
