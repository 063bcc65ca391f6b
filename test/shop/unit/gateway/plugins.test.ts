// Plugins of a deployment: what they see, what they may add, and what they cannot break.
import type { FastifyInstance } from 'fastify';
import { structured } from '../../../support/fakes/messages';
import { gatewayUnderTest } from './gateway-under-test';

const gatewayWith = (...plugins: ((fastify: FastifyInstance) => void | Promise<void>)[]) =>
  gatewayUnderTest({ plugins: plugins.map((add) => ({ name: add.name, add })) });
const post = {
  method: 'POST',
  url: '/events',
  headers: { 'content-type': 'application/cloudevents+json' },
  payload: Buffer.from(structured().body),
} as const;

function authenticate(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async ({ headers }) => {
    if (headers.authorization !== 'Bearer secret')
      throw Object.assign(new Error('no such token'), { statusCode: 401 });
    return Promise.resolve();
  });
}

describe('a hook', () => {
  test('is in front of the engine’s routes, and its refusal is a problem', async () => {
    const { app, published, counted } = gatewayWith(authenticate);
    const refused = await app.inject(post);
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.json()).toMatchObject({ reason: 'unauthorized', detail: 'no such token' });
    expect((await app.inject({ ...post, url: '/webhooks/carrier' })).statusCode).toBe(401);
    expect(published).toEqual([]);
    expect(counted).toEqual(['events: unauthorized', 'webhooks: unauthorized']);
    const headers = { ...post.headers, authorization: 'Bearer secret' };
    expect((await app.inject({ ...post, headers })).statusCode).toBe(202);
    expect(published).toHaveLength(1);
  });

  test('that answers an error by itself gets the format of all others', async () => {
    const { app } = gatewayWith((fastify) => {
      fastify.addHook('onRequest', async (_request, reply) => reply.code(429).send({ wait: 'a little' }));
    });
    const refused = await app.inject(post);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.json()).toMatchObject({
      status: 429,
      reason: 'refused-by-plugin',
      detail: '{"wait":"a little"}',
    });
  });
});

test('a plugin’s routes have Fastify’s own reader of JSON, and its error handler holds for them only', async () => {
  const { app } = gatewayWith((fastify) => {
    fastify.setErrorHandler((_error, _request, reply) => reply.code(418).send('mine'));
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null, 'mine'));
    fastify.post('/quotes', ({ body }) => ({ body }));
    fastify.get('/broken', () => {
      throw new Error('broken');
    });
  });
  const quoted = await app.inject({ method: 'POST', url: '/quotes', payload: { sku: 'A' } });
  expect(quoted.json()).toEqual({ body: { sku: 'A' } });
  expect((await app.inject({ method: 'GET', url: '/broken' })).statusCode).toBe(418);
  expect((await app.inject(post)).statusCode).toBe(202);
  const malformed = await app.inject({ ...post, payload: '{' });
  expect(malformed.statusCode).toBe(400);
  expect(malformed.json()).toMatchObject({ reason: 'not-json' });
  const encoded = await app.inject({ ...post, headers: { ...post.headers, 'content-encoding': 'unknown' } });
  expect(encoded.statusCode).toBe(415);
  expect(encoded.headers['content-type']).toMatch(/^application\/problem\+json/);
});

describe('a plugin that fails at the start is one message that names it', () => {
  test.each<[string, (fastify: FastifyInstance) => void | Promise<void>, RegExp]>([
    [
      'that throws',
      function quotas() {
        throw new Error('no QUOTA_URL');
      },
      /gateway\.plugins\[1\] \(quotas\) fails at the start: no QUOTA_URL/,
    ],
    [
      'whose own plugin throws',
      function quotas(fastify) {
        void fastify.register(() => Promise.reject(new Error('no QUOTA_URL')));
      },
      /gateway\.plugins\[1\] \(quotas\) fails at the start: no QUOTA_URL/,
    ],
    [
      'that takes a route of the engine',
      function events(fastify) {
        fastify.post('/events', () => 'mine');
      },
      /gateway\.plugins\[1\] \(events\) has the route POST \/events, .* own; give the plugin’s another path/,
    ],
    [
      'that takes it by a name of its own, in a scope of its own',
      function hooks(fastify) {
        void fastify.register((inner, _options, done) => {
          inner.post('/webhooks/:whose', () => 'mine');
          done();
        });
      },
      /gateway\.plugins\[1\] \(hooks\) has the route POST \/webhooks\/:provider, .* own; give/,
    ],
    [
      'that takes a route of its own twice',
      function quotes(fastify) {
        fastify.get('/quotes', () => 'one');
        fastify.get('/quotes', () => 'two');
      },
      /gateway\.plugins\[1\] \(quotes\) fails at the start: .*\/quotes/,
    ],
  ])('%s', async (_, plugin, message) => {
    const { app } = gatewayWith(authenticate, plugin);
    await expect(app.ready()).rejects.toMatchObject({
      name: 'InvalidConfigError',
      message: expect.stringMatching(message) as string,
    });
  });
});
