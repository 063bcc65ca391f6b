import { defineDomain, defineRoutes, route } from '../../src/contracts';
import type { LoadedApp } from '../../src/runtime/app';
import { definePool } from '../../src/runtime/app';
import { ping, pinged, pingedV1, ponged } from './ping/domain';

/** The pings, and a second process that takes the answers. */
export const pang = { ...ping, name: 'pang', summary: (key: string) => `Pang ${key}` } as const;
export const twoProcesses = defineDomain({
  name: 'ping',
  events: [pingedV1, pinged, ponged],
  workflows: [ping, pang],
  routes: defineRoutes({
    pinged: route({ event: pinged, workflow: ping, opens: true }),
    answered: route({ event: ponged, workflow: pang, opens: true }),
  }),
  webhooks: [],
});

/** A project with two routes, one pool on this task queue, and one provider. */
export function switchableProject(taskQueue: string): LoadedApp {
  const pool = definePool({
    ...{ domain: twoProcesses, taskQueue, providers: ['carrier'] },
    activities: () => ({}),
  });
  return { root: process.cwd(), domains: [twoProcesses], pools: { parcels: pool } };
}
