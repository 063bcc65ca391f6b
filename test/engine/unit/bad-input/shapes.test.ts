// Parts of a configuration that are missing, misspelt or of another kind: each is one line with its place.
import { z } from 'zod';
import type { Domain } from '../../../../src/contracts';
import type { LoadedApp, Pool } from '../../../../src/runtime/app';
import { appProblems } from '../../../../src/runtime/app/problems';
import { ping, pingDomain } from '../../../support/ping/domain';

const pool = (changes: object = {}) =>
  ({ domain: pingDomain, taskQueue: ping.taskQueue, activities: () => ({}), ...changes }) as Pool;
const app = (changes: Partial<LoadedApp>): LoadedApp => ({
  root: '/project',
  domains: [pingDomain],
  pools: { pings: pool() },
  ...changes,
});

describe('what is missing, misspelt or of another kind is one line, before anything reads it', () => {
  const domainWith = (changes: object) => ({ domains: [{ ...pingDomain, ...changes } as Domain] });
  const poolWith = (changes: object) => ({ pools: { pings: pool(changes) } });
  test.each<[string, object, string]>([
    ['a domain that is undefined', { domains: [undefined] }, 'domains[0]: must be a domain, as defineDomain'],
    [
      'a domain without a name',
      domainWith({ name: undefined }),
      'domains[0]: name: must be a text; it is missing',
    ],
    [
      'a domain without events',
      domainWith({ events: undefined }),
      'domain "ping": events: must be a list of events; it is missing',
    ],
    [
      'what an events folder exports beside its events',
      domainWith({ events: [...pingDomain.events, z.string()] }),
      `domain "ping": events[${pingDomain.events.length}].`,
    ],
    [
      'an event of a file that imports this one',
      domainWith({ events: [undefined] }),
      'domain "ping": events[0]: must be an event, as defineEvent returns it; it is undefined: look for two files that import each other',
    ],
    [
      'workflows as an object',
      domainWith({ workflows: { ping } }),
      'domain "ping": workflows: must be a list of workflows; it is of type object',
    ],
    [
      'a workflow without a summary',
      domainWith({ workflows: [{ ...ping, summary: undefined }] }),
      'domain "ping": workflows[0].summary: must be a function; it is missing',
    ],
    [
      'a recurrence in words',
      domainWith({ workflows: [{ ...ping, recurs: 'yes' }] }),
      'domain "ping": workflows[0].recurs: must be true or false; it is "yes"',
    ],
    [
      'a misspelt recurrence',
      domainWith({ workflows: [{ ...ping, recur: true }] }),
      'domain "ping": workflows[0]: it has no member "recur"; correct the name, or drop it',
    ],
    [
      'a workflow with blanks in its name',
      domainWith({ workflows: [{ ...ping, name: 'a b' }] }),
      'domain "ping": workflows[0].name: must be letters, digits,',
    ],
    [
      'settings that zod does not know',
      domainWith({ settings: { A: 1 } }),
      'domain "ping": settings: must be an object of zod',
    ],
    [
      'a pool that is undefined',
      { pools: { pings: undefined } },
      'pools.pings: must be a pool, as definePool returns it; it is missing',
    ],
    [
      'activities without a function',
      poolWith({ activities: {} }),
      'pools.pings.activities: must be a function; it is of type object',
    ],
    [
      'one placement without a list',
      poolWith({ places: { name: 'desk' } }),
      'pools.pings.places: must be a list of capabilities; it is of type object',
    ],
    [
      'a placement by name',
      poolWith({ places: ['desk'] }),
      'pools.pings.places[0]: must be a capability, as capability()(…) returns it; it is "desk"',
    ],
    [
      'a misspelt placement',
      poolWith({ place: [] }),
      'pools.pings: it has no member "place"; correct the name, or drop it',
    ],
    [
      'one provider without a list',
      poolWith({ providers: 'bank' }),
      'pools.pings.providers: must be a list of names of providers; it is "bank"',
    ],
    ['migrations as a text', { migrations: 'migrations' }, 'migrations: must be an object of folders'],
    ['subscriptions as a list', { subscriptions: [] }, 'subscriptions: must be a function; it is a list'],
    [
      'one plugin without a list',
      { gateway: { plugins: () => undefined } },
      'gateway.plugins: must be a list of Fastify plugins; it is of type function',
    ],
    [
      'a codec that does not decode',
      { payloadCodecs: [{ encode: () => [] }] },
      'payloadCodecs[0].decode: must be a function; it is missing',
    ],
    [
      'interceptors as a text',
      { workers: { workflowInterceptors: 'a.ts' } },
      'workers.workflowInterceptors: must be a list of paths of modules; it is "a.ts"',
    ],
    [
      'a role that is a number',
      { dev: { roles: { sandbox: 1 } } },
      'dev.roles.sandbox: must be a role, as defineDevRole returns it; it is of type number',
    ],
    [
      'a misspelt member',
      { migration: {} },
      'the configuration: it has no member "migration"; correct the name, or drop it',
    ],
  ])('%s', (_, changes, line) => {
    expect(appProblems(app(changes as Partial<LoadedApp>))[0]).toContain(line);
  });
});
