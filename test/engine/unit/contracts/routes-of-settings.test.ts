import { z } from 'zod';
import { createCatalogue, defineDomain, defineRoutes, route } from '../../../../src/contracts';
import type { DomainEvent, SettingsOf } from '../../../../src/contracts';
import { openCliContext } from '../../../../src/cli/context';
import { pinged, ping, pingDomain } from '../../../support/ping/domain';
import { tally } from '../../../support/ping/tally';

const settings = z.object({ PING_URGENT_FROM: z.coerce.number(), PING_BATCH: z.coerce.number().default(10) });

const urgent = defineDomain({
  ...pingDomain,
  settings,
  workflows: [ping, tally],
  routes: ({ PING_URGENT_FROM, PING_BATCH }) =>
    defineRoutes({
      pinged: route({
        event: pinged,
        condition: ({ data }) => data.urgency >= PING_URGENT_FROM,
        workflow: ping,
        opens: true,
      }),
      tallied: route({ event: pinged, workflow: tally, batch: { size: PING_BATCH, withinMs: 1_000 } }),
    }),
});
const given = (values: z.input<typeof settings>): SettingsOf => {
  const parsed = settings.parse(values);
  return () => parsed as never;
};
const event = (urgency: number): DomainEvent => ({
  id: '1',
  source: '/',
  type: pinged.type,
  key: 'p',
  data: { pingId: 'p', urgency },
});

test('routes see the settings of their domain: conditions, and the policies of batches', () => {
  const [route, tallied] = createCatalogue([urgent], given({ PING_URGENT_FROM: 5 })).routesOf(pinged.type);
  expect([4, 5].map((urgency) => route?.condition?.(event(urgency)))).toEqual([false, true]);
  expect(tallied?.batch?.size).toBe(10);
});

test('what the settings make of them is checked like any route', () => {
  const of = given({ PING_URGENT_FROM: 5, PING_BATCH: 5_000 });
  expect(() => createCatalogue([urgent], of)).toThrow(/route "tallied": `batch.size` is 5000; give it/);
});

test.each<[string, () => never, string]>([
  [
    'that throw',
    () => {
      throw new Error('boom');
    },
    'domain "ping": its routes cannot be made of its settings: boom',
  ],
  [
    'that are a promise',
    (async () => Promise.resolve([])) as never,
    'routes of domain "ping": must be a list of routes, as defineRoutes returns it; it is of type object',
  ],
])('routes %s are named by their domain', (_, routes, message) => {
  const attempt = () => createCatalogue([{ ...urgent, routes }], given({ PING_URGENT_FROM: 5 }));
  expect(attempt).toThrow(message);
});

test('without the settings there are no routes, and whoever asks is told which domain it is', () => {
  expect(() => createCatalogue([urgent])).toThrow(
    'the routes of domain "ping" depend on its settings, which were not given',
  );
});

test('the settings are asked for only where routes depend on them', () => {
  const settingsOf = jest.fn();
  createCatalogue([{ ...pingDomain, settings }], settingsOf);
  expect(settingsOf).not.toHaveBeenCalled();
});

describe('the command line', () => {
  const terminal = { out: () => undefined, err: () => undefined } as never;
  const fixture = (environment: Record<string, string>) =>
    openCliContext({ domains: [urgent], environment, terminal, user: 'ada' });

  test('has the routes of the settings of its environment', () => {
    const [route] = fixture({ PING_URGENT_FROM: '3' }).catalogue.routesOf(pinged.type);
    expect(route?.condition?.(event(3))).toBe(true);
  });

  test('names a setting that they need, and that is missing', () => {
    expect(() => fixture({}).catalogue).toThrow('PING_URGENT_FROM is missing');
  });
});
