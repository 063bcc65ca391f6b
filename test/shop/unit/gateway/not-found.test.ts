import { gatewayUnderTest } from './gateway-under-test';

test.each([
  { method: 'GET', url: '/' },
  { method: 'POST', url: '/nowhere', headers: { 'content-type': 'application/json' }, payload: '{' },
] as const)('$method $url is a problem that lists the paths, whatever its body', async (request) => {
  const { app, published, counted } = gatewayUnderTest();
  const response = await app.inject(request);
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({
    reason: 'not-found',
    detail: `${request.method} ${request.url}: POST /events, POST /webhooks/:provider, POST /orders`,
  });
  expect([published, counted]).toEqual([[], []]);
});

test.each([
  ['GET', '/events', 'OPTIONS, POST'],
  ['DELETE', '/events?all=1', 'OPTIONS, POST'],
  ['GET', '/webhooks/carrier', 'POST'],
  ['PUT', '/orders', 'POST'],
] as const)('%s %s is 405 with the methods that the path has', async (method, url, allow) => {
  const { app, published } = gatewayUnderTest();
  const response = await app.inject({ method, url });
  expect(response.statusCode).toBe(405);
  expect(response.headers).toMatchObject({
    allow,
    'content-type': expect.stringMatching(/^application\/problem\+json/) as string,
  });
  expect(response.json()).toMatchObject({ status: 405, reason: 'method-not-allowed' });
  expect(published).toEqual([]);
});
