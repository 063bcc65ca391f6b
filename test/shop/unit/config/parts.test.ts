// The settings of a deployment's own parts: providers, domains, worker pools.
import { z } from 'zod';
import { milliseconds, readConfig } from '../../../../src/config';
import { shopSettings } from '../../../../domains/shop/settings';
import { needs, problemsOf, production, read } from '../../support/config';

describe('providers', () => {
  const carrier = (more: Record<string, string>) => read(more).providers['carrier'];

  test('may have several secrets, the current one first', () => {
    const settings = carrier({ PROVIDER_CARRIER_WEBHOOK_SECRET: ' new , old ,, ' });
    expect(settings?.webhookSecrets).toEqual(['new', 'old']);
  });

  test('cannot have commas for a secret: nobody could sign', () => {
    const problems = problemsOf({ PROVIDER_CARRIER_WEBHOOK_SECRET: ' , ' });
    expect(problems).toEqual([expect.stringMatching(/^PROVIDER_CARRIER_WEBHOOK_SECRET/)]);
  });

  test('have addresses without a slash at the end', () => {
    expect(carrier({ PROVIDER_CARRIER_URL: 'https://carrier.example.com/v1//' })?.url).toBe(
      'https://carrier.example.com/v1',
    );
  });

  test('that nobody needs are not asked for', () => {
    const none = { providers: [] };
    const given = Object.fromEntries(
      Object.entries(production).filter(([name]) => !name.startsWith('PROVIDER_')),
    );
    expect(readConfig(given, none).providers).toEqual({});
  });
});

describe('the settings of a domain', () => {
  const DAY = 24 * 60 * 60_000;
  const shopNeeds = { providers: [], settings: { shop: shopSettings } };
  const deadlines = Object.keys(shopSettings.shape).filter((name) => name.endsWith('_MS'));

  test('have defaults, and are read with the others', () => {
    expect(readConfig({}, shopNeeds).ofDomains['shop']).toEqual({
      ORDER_SUBMISSION_WITHIN_MS: DAY,
      ORDER_AUTHORIZATION_WITHIN_MS: 60 * 60_000,
      ORDER_STOCK_DECISION_WITHIN_MS: 2 * DAY,
      ORDER_PARTIAL_STOCK: 'cancel',
      ORDER_RESTOCK_WITHIN_MS: 14 * DAY,
      ORDER_RESTOCK_EVERY_MS: 6 * 60 * 60_000,
      ORDER_PAYMENT_METHOD_WITHIN_MS: DAY,
      ORDER_PAYMENT_ATTEMPTS: 3,
      ORDER_RENEW_AUTHORIZATION_BEFORE_MS: DAY,
      ORDER_DISPATCH_WITHIN_MS: 5 * DAY,
      ORDER_DELIVERY_WITHIN_MS: 14 * DAY,
      ORDER_LOST_PARCEL: 'refund',
      ORDER_STEP_WITHIN_MS: 60 * 60_000,
      ORDER_COMPENSATION_WITHIN_MS: 10 * 60_000,
      ORDER_FORWARD_WITHIN_MS: 4 * 60 * 60_000,
      RECONCILE_EVERY_MS: 15 * 60_000,
      RECONCILE_GRACE_MS: 2 * 60_000,
      RECONCILE_LOOKBACK_MS: 7 * DAY,
    });
    expect(readConfig({ ORDER_STEP_WITHIN_MS: '1500' }, shopNeeds).ofDomains['shop']).toMatchObject({
      ORDER_STEP_WITHIN_MS: 1_500,
    });
  });

  test.each(deadlines)('%s is neither 0 nor negative nor a year', (name) => {
    for (const value of ['0', '-1', String(365 * DAY), 'soon', '1.5']) {
      expect(problemsOf({ [name]: value }, shopNeeds)).toEqual([
        expect.stringMatching(new RegExp(`^${name}: .`)),
      ]);
    }
    expect(problemsOf({ [name]: String(60 * DAY) }, shopNeeds)).toEqual([]);
  });

  test('a payment is tried once to ten times', () => {
    const name = 'ORDER_PAYMENT_ATTEMPTS';
    for (const value of ['0', '11', '1.5', 'often'])
      expect(problemsOf({ [name]: value }, shopNeeds)).toEqual([expect.stringMatching(/^ORDER_PAYMENT/)]);
    for (const value of ['1', '10']) expect(problemsOf({ [name]: value }, shopNeeds)).toEqual([]);
  });

  test('there are three things to do about a partial stock', () => {
    const wrong = problemsOf({ ORDER_PARTIAL_STOCK: 'ask' }, shopNeeds);
    expect(wrong).toEqual([expect.stringMatching(/^ORDER_PARTIAL_STOCK: /)]);
    expect(problemsOf({ ORDER_PARTIAL_STOCK: 'partial' }, shopNeeds)).toEqual([]);
  });

  test('are named with all else that is wrong', () => {
    const given = { ORDER_STEP_WITHIN_MS: '0', ORDER_COMPENSATION_WITHIN_MS: '-1', GATEWAY_PORT: 'x' };
    expect(problemsOf(given, shopNeeds)).toHaveLength(3);
  });

  test('may be spans of time, of a day at most unless they say otherwise', () => {
    const span = z.object({ SHORT: milliseconds(5), LONG: milliseconds(5, 2 * DAY) });
    const wanted = { providers: [], settings: { spans: span } };
    expect(readConfig({}, wanted).ofDomains['spans']).toEqual({ SHORT: 5, LONG: 5 });
    expect(problemsOf({ SHORT: String(DAY + 1), LONG: String(2 * DAY) }, wanted)).toEqual([
      expect.stringMatching(/^SHORT: /),
    ]);
  });
});

describe('the limit of a worker pool', () => {
  const pools = { ...needs, pools: ['payments', 'cold-store'] };

  test('is a number of activities in a second, and absent unless it is set', () => {
    expect(readConfig({}, pools).activitiesPerSecond).toEqual({});
    const set = { POOL_PAYMENTS_ACTIVITIES_PER_SECOND: '20', POOL_COLD_STORE_ACTIVITIES_PER_SECOND: '0.5' };
    expect(readConfig(set, pools).activitiesPerSecond).toEqual({ payments: 20, 'cold-store': 0.5 });
    expect(readConfig({ POOL_PAYMENTS_ACTIVITIES_PER_SECOND: '' }, pools).activitiesPerSecond).toEqual({});
  });

  test.each(['0', '-1', '200000', 'many', 'Infinity'])('is not %s', (value) => {
    const [problem, ...others] = problemsOf({ POOL_PAYMENTS_ACTIVITIES_PER_SECOND: value }, pools);
    expect(problem).toMatch(/^POOL_PAYMENTS_ACTIVITIES_PER_SECOND: .+/);
    expect(problem).toContain(`not "${value}"`);
    expect(others).toEqual([]);
  });

  test('is refused for a pool that there is not', () => {
    expect(problemsOf({ POOL_PAYMENT_ACTIVITIES_PER_SECOND: '20' }, pools)).toEqual([
      'POOL_PAYMENT_ACTIVITIES_PER_SECOND: there is no such pool, only payments, cold-store',
    ]);
  });
});
