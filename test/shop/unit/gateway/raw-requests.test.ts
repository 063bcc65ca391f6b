// What arrives slowly, or is no HTTP: over real sockets, because nothing of it reaches a handler.
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { GatewayParts } from '../../../../src/gateway';
import { until } from '../../../support/until';
import { gatewayUnderTest } from './gateway-under-test';

/** Instead of ten seconds. */
const WITHIN_MS = 600;
/** Half a second between checks, and what a busy machine adds. */
const CUT_WITHIN_MS = 5_000;
const EVERY_MS = 50;

const HEAD = 'POST /events HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/cloudevents+json\r\n';

const open: Socket[] = [];
const gateways: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await Promise.all(gateways.splice(0).map((app) => app.close()));
});

async function started(parts: Partial<GatewayParts> = {}) {
  const gateway = gatewayUnderTest({ requestWithinMs: WITHIN_MS, ...parts });
  await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  gateways.push(gateway.app);
  return { ...gateway, port: (gateway.app.server.address() as AddressInfo).port };
}

/** Sends a text, then a byte now and then, until the gateway closes the connection. */
async function sent(port: number, text: string, trickle?: string) {
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk))).on('error', () => undefined);
  await once(socket, 'connect');
  const since = performance.now();
  socket.write(text);
  const trickling =
    trickle === undefined ? undefined : setInterval(() => socket.writable && socket.write(trickle), EVERY_MS);
  const never = new Promise<void>((_, reject) => {
    setTimeout(() => reject(new Error(`still open, answered: ${answer}`)), CUT_WITHIN_MS).unref();
  });
  try {
    await Promise.race([once(socket, 'close'), never]);
  } finally {
    clearInterval(trickling);
  }
  return { ...read(answer), afterMs: performance.now() - since };
}

function read(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const type = /^content-type: *([^\r;]+)/im.exec(head)?.[1];
  return { status: Number(head.split(' ')[1]), type, body: body === '' ? {} : (JSON.parse(body) as object) };
}

test.each([
  ['a body', `${HEAD}Content-Length: 1000\r\n\r\n{`, ' '],
  ['a chunked body', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  ['headers', HEAD, 'X-Header: 1\r\n'],
  ['a request line', 'POST /', 'a'],
])('%s that trickles in is cut, with 408', async (_, text, trickle) => {
  const { port, published, counted } = await started();
  const answer = await sent(port, text, trickle);
  expect(answer).toMatchObject({
    status: 408,
    type: 'application/problem+json',
    body: { status: 408, reason: 'request-timeout' },
  });
  expect(answer.afterMs).toBeGreaterThan(WITHIN_MS - EVERY_MS);
  expect(published).toEqual([]);
  expect(counted).toEqual(['connection: request-timeout']);
});

test('a connection that sends nothing is closed too', async () => {
  const { port } = await started();
  expect(await sent(port, '')).toMatchObject({ status: 408 });
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'bad-request'],
  ['an unknown method', 'STEAL /events HTTP/1.1\r\nHost: gateway\r\n\r\n', 400, 'bad-request'],
  ['a wrong version', 'POST /events HTTP/9.9\r\nHost: gateway\r\n\r\n', 400, 'bad-request'],
  ['a header without a colon', `${HEAD}nonsense\r\n\r\n`, 400, 'bad-request'],
  ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, 400, 'bad-request'],
  [
    'a length and chunks, as for request smuggling',
    `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad-request',
  ],
  ['huge headers', `${HEAD}X-Header: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ['a vain expectation', `${HEAD}Expect: miracles\r\nContent-Length: 0\r\n\r\n`, 417, 'expectation-failed'],
])('%s is answered with a problem, which quotes nothing', async (_, text, status, reason) => {
  const { port, published, counted } = await started();
  const answer = await sent(port, text);
  expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, reason } });
  expect(JSON.stringify(answer.body)).not.toMatch(/hello|STEAL|nonsense|miracles|aaaa|HPE_|llhttp/);
  expect(published).toEqual([]);
  expect(counted).toEqual([`connection: ${reason}`]);
});

test('a connection too many is closed at once, and counted; the others are served', async () => {
  const { port, counted } = await started({ maxConnections: 2, requestWithinMs: 10_000 });
  const sockets = [0, 1, 2].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
  open.push(...sockets);
  await until('one is dropped', () => counted.includes('connection: too-many-connections'));
  await until('it is closed', () => sockets.filter(({ destroyed }) => destroyed).length === 1);
  const [kept] = sockets.filter(({ destroyed }) => !destroyed);
  if (!kept) throw new Error('all are closed');
  kept.write('POST /nowhere HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n');
  const [answer] = (await once(kept, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1.1 404/);
});

test('a request without a host is answered with a problem', async () => {
  const { port } = await started();
  const answer = await sent(port, 'POST /events HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  expect(answer).toMatchObject({
    status: 400,
    type: 'application/problem+json',
    body: { reason: 'bad-request' },
  });
});

test('without a word from us, headers and body may take ten seconds', () => {
  const { server } = gatewayUnderTest().app;
  expect([server.requestTimeout, server.headersTimeout]).toEqual([10_000, 10_000]);
});
