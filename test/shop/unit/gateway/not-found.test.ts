import { gatewayUnderTest } from './gateway-under-test';

test.each([
  { method: 'GET', url: '/events' },
  { method: 'POST', url: '/nowhere', headers: { 'content-type': 'application/json' }, payload: '{' },
] as const)('$method $url is a problem that lists the paths, whatever its body', async (request) => {
  const { app, published, counted } = gatewayUnderTest();
  const response = await app.inject(request);
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({
    reason: 'not-found',
    detail: `${request.method} ${request.url}: POST /events, POST /webhooks/:provider, POST /orders, GET /livez, /readyz, /metrics`,
  });
  expect([published, counted]).toEqual([[], []]);
});
