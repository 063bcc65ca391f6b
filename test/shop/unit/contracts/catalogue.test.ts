import type { Domain, EventContract } from '../../../../src/contracts';
import {
  createCatalogue,
  defineEvent,
  defineRoutes,
  defineWebhook,
  InvalidConfigError,
  route,
} from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { order } from '../../../../domains/shop/workflows';
import { ping, pinged, pingDomain, pingedV1, ponged } from '../../../support/ping/domain';
import { PINGED, PINGED_V2, PONGED } from '../../../support/ping/names';

const other: Domain = { name: 'other', events: [], workflows: [], routes: [], webhooks: [] };
const webhook = defineWebhook({
  provider: 'carrier',
  verify: () => ({ ok: true }),
  type: 'type',
  notifications: {},
});

function problemsOf(...all: Domain[]): readonly string[] {
  try {
    createCatalogue(all);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    for (const problem of error.problems) expect(error.message).toContain(problem);
    return error.problems;
  }
  return [];
}

test('the domains that are loaded, and those of the tests, contradict nobody', () => {
  expect(problemsOf(shop)).toEqual([]);
  expect(problemsOf(pingDomain, shop)).toEqual([]);
  expect(problemsOf()).toEqual([]);
});

describe('a contradiction is named', () => {
  test.each<[string, Domain[], RegExp[]]>([
    [
      'one subject for events of two prefixes',
      [pingDomain, { ...other, events: [defineEvent({ ...ponged, type: 'com.example.pings.ponged.v1' })] }],
      [
        /^two events have the subject evt\.pings\.ponged\.v1: test\.\S+ of domain "ping", com\.example\.\S+ of domain "other"; one of them needs another name$/,
      ],
    ],
    [
      'an event that is declared twice',
      [{ ...other, events: [ponged, ponged, ponged] }],
      [/evt\.pings\.ponged\.v1: .* of domain "other"/],
    ],
    [
      'one name for two domains',
      [other, { ...pingDomain, name: 'other' }],
      [/^two domains are called "other"; rename one of them$/],
    ],
    [
      'one provider for two webhooks',
      [shop, { ...other, webhooks: [webhook] }],
      [/^two webhooks for the provider "carrier"; take one of them out$/],
    ],
    [
      'one name for two workflows',
      [pingDomain, { ...other, workflows: [ping] }],
      [/^two workflows are called "ping": their ids would collide; rename one of them$/],
    ],
    [
      'a workflow whose ids could be those of another',
      [pingDomain, { ...other, workflows: [{ ...ping, name: 'ping-pong' }] }],
      [/^the workflows "ping" and "ping-pong": their ids could collide; rename one of them$/],
    ],
    [
      'a type that two domains claim',
      [pingDomain, { ...other, events: [ponged] }],
      [/ponged\.v1: \S+ of domain "ping", \S+ of domain "other"; one of them needs another name$/],
    ],
    [
      'a route for an event of another domain',
      [
        pingDomain,
        shop,
        {
          ...other,
          workflows: [{ ...ping, name: 'pong' }],
          routes: defineRoutes({
            stray: route({ event: orderSubmitted, workflow: { ...ping, name: 'pong' } }),
          }),
        },
      ],
      [
        /^route "stray": dev\.sagaline\.shop\.orders\.submitted\.v1 is not among the events of domain "other"; declare it there$/,
      ],
    ],
    [
      'a route to a workflow of another domain',
      [
        shop,
        {
          ...other,
          events: [ponged],
          routes: defineRoutes({ stray: route({ event: ponged, workflow: order }) }),
        },
      ],
      [/^route "stray": domain "other" has no workflow "order"; route to one of its own$/],
    ],
    [
      'a route for a version that is upcast first',
      [{ ...pingDomain, routes: defineRoutes({ early: route({ event: pingedV1, workflow: ping }) }) }],
      [
        /^route "early": test\.sagaline\.pings\.pinged\.v1 is upcast before it is routed; route its newer version$/,
      ],
    ],
    [
      'two routes from one event to one workflow',
      [
        {
          ...pingDomain,
          routes: defineRoutes({
            one: route({ event: ponged, workflow: ping }),
            two: route({ event: ponged, workflow: ping, opens: true }),
          }),
        },
      ],
      [
        /^routes "one" and "two": both lead from test\.sagaline\.pings\.ponged\.v1 to ping; make one of them, with one condition$/,
      ],
    ],
    [
      'everything at once',
      [
        pingDomain,
        {
          ...pingDomain,
          routes: defineRoutes({ early: route({ event: pingedV1, workflow: { ...ping, name: 'pong' } }) }),
        },
      ],
      [
        /evt\.pings\.pinged\.v1:/,
        /evt\.pings\.pinged\.v2:/,
        /evt\.pings\.ponged\.v1:/,
        /two domains/,
        /two workflows/,
        /"early".*no workflow "pong"/,
        /"early".*is upcast/,
      ],
    ],
  ])('%s', (_, all, expected) => {
    expect(problemsOf(...all)).toEqual(expected.map((problem): unknown => expect.stringMatching(problem)));
  });
});

describe('a catalogue answers', () => {
  const catalogue = createCatalogue([pingDomain, shop]);

  test('which contract a type has', () => {
    expect(catalogue.contractOf(PINGED)).toBe(pingedV1);
    expect(catalogue.contractOf('test.sagaline.pings.pinged.v9')).toBeUndefined();
    expect(catalogue.contracts).toEqual([...pingDomain.events, ...shop.events]);
  });

  test('which versions of a type are known', () => {
    expect(catalogue.versionsOf('test.sagaline.pings.pinged.v9')).toEqual([PINGED, PINGED_V2]);
    expect(catalogue.versionsOf('com.example.pings.pinged.v1')).toEqual([]);
    expect(catalogue.versionsOf('pinged')).toEqual([]);
  });

  test('which routes an event has', () => {
    const namesOf = ({ type }: EventContract) => catalogue.routesOf(type).map(({ name }) => name);
    expect(namesOf(pinged)).toEqual(['pinged']);
    expect(namesOf(orderSubmitted)).toEqual(['order-submitted']);
    expect(namesOf(pingedV1)).toEqual([]);
    expect(catalogue.routesOf('of nobody')).toEqual([]);
    expect(catalogue.routes).toHaveLength(pingDomain.routes.length + shop.routes.length);
  });

  test('how a provider speaks', () => {
    expect(catalogue.providers).toEqual(['payment-provider', 'carrier']);
    expect(catalogue.webhookOf('carrier')?.provider).toBe('carrier');
    expect(catalogue.webhookOf('__proto__')).toBeUndefined();
  });

  test('routes of all domains for one event', () => {
    const pong = { ...ping, name: 'pong' };
    const two = createCatalogue([
      {
        ...pingDomain,
        workflows: [ping, pong],
        routes: defineRoutes({
          a: route({ event: ponged, workflow: ping }),
          b: route({ event: ponged, workflow: pong }),
        }),
      },
    ]);
    expect(two.routesOf(PONGED).map(({ name, workflow }) => [name, workflow.name])).toEqual([
      ['a', 'ping'],
      ['b', 'pong'],
    ]);
  });
});
