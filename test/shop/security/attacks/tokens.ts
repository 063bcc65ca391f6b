import { randomBytes } from 'node:crypto';
import { articleViewed, cancellationRequested } from '../../../../domains/shop/events';
import { newOrderId, orderOf } from '../../../../demo/orders';
import type { ApiKey } from '../../../../src/security/tokens/api-keys';
import type { Attack, Outcome } from '../attack';
import { outcomeOf } from '../attack';
import { eventOf, post } from '../http';
import type { Target } from '../target';

const view = (target: Target, token: string, source?: string): Promise<Outcome> =>
  post(target.gatewayPort, '/events', {
    body: eventOf(articleViewed, source === undefined ? {} : { source }),
    token,
  });
const own = (target: Target, name: string) => target.local.secured?.tokens[name] ?? 'none';

/** With a key that was given out for something else. */
const withKey =
  (about: Omit<ApiKey, 'hash' | 'principal'>, act: (target: Target, key: string) => Promise<Outcome>) =>
  async (target: Target) => {
    const key = await target.give(about);
    await target.keysApply();
    return act(target, key);
  };

const LIMIT = 'a limit for each principal';
/** More than the limit of the suite's gateway. */
const REQUESTS = 130;

export const tokens: readonly Attack[] = [
  {
    threat: 'events without a token',
    control: 'GATEWAY_AUTH=required',
    attack: ({ gatewayPort }) => post(gatewayPort, '/events', { body: eventOf(articleViewed) }),
  },
  {
    threat: 'a guessed token',
    control: 'GATEWAY_AUTH=required',
    attack: (target) => view(target, `sagaline_${randomBytes(32).toString('base64url')}`),
  },
  {
    threat: 'an expired token',
    control: '`expires` of a key',
    attack: withKey({ id: 'expired', scopes: ['events:publish'], expires: '2020-01-01T00:00:00Z' }, view),
  },
  {
    threat: 'a revoked token',
    control: 'a removed key is refused within a second',
    attack: withKey({ id: 'revoked', scopes: ['events:publish'] }, async (target, key) => {
      if ((await view(target, key)) !== 'through') throw new Error('the key was never valid');
      await target.revoke('revoked');
      await target.keysApply();
      return view(target, key);
    }),
  },
  {
    threat: 'a token for orders publishes events',
    control: 'scopes',
    attack: (target) => view(target, own(target, 'submitter')),
  },
  {
    threat: 'a token that may read publishes events',
    control: 'scopes',
    attack: (target) => view(target, own(target, 'reader')),
  },
  {
    threat: 'a token for events submits an order',
    control: 'scopes',
    attack: (target) =>
      post(target.gatewayPort, '/orders', {
        body: JSON.stringify(orderOf(newOrderId('scope'))),
        token: own(target, 'publisher'),
      }),
  },
  {
    threat: "a token publishes under another one's source",
    control: '`sources` of a key',
    attack: withKey(
      { id: 'other-source', scopes: ['events:publish'], sources: ['/web-shop', '/web-shop/*'] },
      (target, key) => view(target, key, '/back-office'),
    ),
  },
  {
    threat: 'a token publishes another type',
    control: '`types` of a key',
    attack: withKey(
      { id: 'other-type', scopes: ['events:publish'], types: [articleViewed.type] },
      (target, key) =>
        post(target.gatewayPort, '/events', {
          body: eventOf(cancellationRequested, { data: { orderId: newOrderId('type') } }),
          token: key,
        }),
    ),
  },
  {
    threat: `${REQUESTS} requests of one principal at once`,
    control: LIMIT,
    attack: withKey({ id: 'flooder', scopes: ['events:publish'] }, async (target, key) => {
      const outcomes = await Promise.all(Array.from({ length: REQUESTS }, () => view(target, key)));
      if (target.controls === 'on' && !outcomes.includes('through')) throw new Error('none was taken');
      return outcomeOf(outcomes.every((outcome) => outcome === 'through'));
    }),
  },
];
