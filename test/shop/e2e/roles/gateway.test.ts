// A real gateway process is told to stop: what it has in hand is answered, what it has answered is stored.
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderOf, submissionOf } from '../../../../demo/orders';
import { EVENTS_STREAM } from '../../../../src/adapters/nats';
import { freePorts } from '../../../../src/dev/stack';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { RoleProcess, Roles } from '../../../support/roles';
import { rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';

/** Well below the bound at which the process gives up, and the 72 s for which a kept-alive connection may live. */
const STOPPED_WITHIN_MS = 8_000;
/** The bound of a stop, `STOP_WITHIN_MS` in src/runtime/run.ts, and what a noisy machine adds to it. */
const BOUND_MS = { atLeast: 13_900, atMost: 18_000 };
/** A process of TypeScript starts in two seconds, or several times that on a busy machine. */
const STARTED_WITHIN_MS = 30_000;
const PUBLISHERS = 8;

jest.setTimeout(60_000);

let nats: TestNats;
let roles: Roles;

beforeAll(async () => {
  nats = await startTestNats();
  roles = rolesWith({ NATS_URL: nats.url });
});
afterAll(async () => {
  await roles.stop();
  await nats.stop();
});

interface Gateway extends RoleProcess {
  readonly port: number;
}

async function startGateway(): Promise<Gateway> {
  const [port = 0] = await freePorts(1);
  return { ...(await roles.start('gateway', { GATEWAY_PORT: String(port) })), port };
}

const bodyOf = (orderId: string) => Buffer.from(submissionOf(orderOf(orderId)).body);
const headOf = (length: number) =>
  `POST /events HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/cloudevents+json\r\nContent-Length: ${length}\r\n\r\n`;

/** A connection with what it has been answered. */
async function open({
  port,
}: Gateway): Promise<{ socket: Socket; answer: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk))).on('error', () => undefined);
  return { socket, answer: () => answer, closed: once(socket, 'close') };
}

/** A request of which the gateway has read the first half. */
async function openHalf(gateway: Gateway, orderId: string) {
  const connection = await open(gateway);
  const body = bodyOf(orderId);
  connection.socket.write(Buffer.concat([Buffer.from(headOf(body.length)), body.subarray(0, 100)]));
  await sleep(200);
  return { ...connection, sendRest: () => connection.socket.write(body.subarray(100)) };
}

const refusesConnections = (gateway: Gateway) =>
  open(gateway).then(
    ({ socket }) => (socket.destroy(), false),
    () => true,
  );

test('a request in flight is answered and its connection closed; an idle one is closed; none is taken any more', async () => {
  const gateway = await startGateway();
  const idle = await open(gateway);
  const body = bodyOf('idle');
  idle.socket.write(Buffer.concat([Buffer.from(headOf(body.length)), body]));
  await until('an answer', () => idle.answer().includes('202 Accepted'));
  const inFlight = await openHalf(gateway, 'in-flight');

  const since = performance.now();
  gateway.signal('SIGTERM');
  await idle.closed;
  await until('no new connection is taken', () => refusesConnections(gateway));
  expect(inFlight.answer()).toBe('');
  inFlight.sendRest();
  await inFlight.closed;
  expect(inFlight.answer()).toContain('202 Accepted');
  expect(inFlight.answer()).toMatch(/connection: close/i);

  const { code, at } = await gateway.ended;
  expect(code).toBe(0);
  expect(at - since).toBeLessThan(STOPPED_WITHIN_MS);
  expect((await storedIds()).has('submit-in-flight')).toBe(true);
});

test('what was answered with 202 under load is in the stream', async () => {
  const accepted: string[] = [];
  const gateway = await startGateway();
  const url = `http://127.0.0.1:${gateway.port}/events`;
  let orders = 0;
  const publishers = Array.from({ length: PUBLISHERS }, async () => {
    for (;;) {
      const orderId = `load-${++orders}`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: bodyOf(orderId),
      }).catch(() => undefined);
      if (answer?.status !== 202) return;
      accepted.push(`submit-${orderId}`);
    }
  });
  await until('some are accepted', () => accepted.length > 100);
  gateway.signal('SIGTERM');
  await Promise.all(publishers);
  expect((await gateway.ended).code).toBe(0);
  const stored = await storedIds();
  expect(accepted.filter((id) => !stored.has(id))).toEqual([]);
});

describe('a stop that takes too long', () => {
  let atBound: Gateway;
  let toldTwice: Gateway;
  beforeAll(async () => {
    [atBound, toldTwice] = await Promise.all([startGateway(), startGateway()]);
  });

  test('ends at its bound, and says so; with a second signal at once, but not with one that npm has only passed on', async () => {
    const ended = endsAtBound();
    const never = await openHalf(toldTwice, 'never-sent-either');
    toldTwice.signal('SIGINT');
    toldTwice.signal('SIGINT');
    await sleep(1_500);
    expect(toldTwice.output()).not.toContain('ends with work in hand');
    const since = performance.now();
    toldTwice.signal('SIGTERM');
    const { code, at } = await toldTwice.ended;
    never.socket.destroy();
    expect(code).toBe(1);
    expect(at - since).toBeLessThan(STOPPED_WITHIN_MS);
    expect(toldTwice.output()).toContain('ends with work in hand: told to, by a second SIGTERM');
    await ended;
  });

  async function endsAtBound(): Promise<void> {
    const never = await openHalf(atBound, 'never-sent');
    const since = performance.now();
    atBound.signal('SIGTERM');
    const { code, at } = await atBound.ended;
    never.socket.destroy();
    expect(code).toBe(1);
    expect(at - since).toBeGreaterThan(BOUND_MS.atLeast);
    expect(at - since).toBeLessThan(BOUND_MS.atMost);
    expect(atBound.output()).toContain('ends with work in hand: it has not stopped within 14 s');
  }
});

async function storedIds(): Promise<ReadonlySet<string>> {
  const manager = await nats.connection.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM);
  const ids = new Set<string>();
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    ids.add((await manager.streams.getMessage(EVENTS_STREAM, { seq })).json<{ id: string }>().id);
  }
  return ids;
}

test('a gateway ends at once where a setting is wrong, and names it', async () => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const wrong: [Record<string, string>, string][] = [
    [{ GATEWAY_PORT: String(port) }, `GATEWAY_PORT: port ${port} `],
    [{ TEMPORAL_API_KEY_FILE: '/nowhere' }, 'TEMPORAL_API_KEY_FILE: /nowhere cannot be read'],
  ];
  await Promise.all(
    wrong.map(async ([settings, problem]) => {
      const misconfigured = await roles.launch('gateway', settings);
      const runsOn = sleep(STARTED_WITHIN_MS, 'it runs on', { ref: false });
      expect(await Promise.race([misconfigured.ended, runsOn])).toMatchObject({ code: 2 });
      expect(misconfigured.output()).toContain(problem);
      expect(misconfigured.output()).not.toMatch(/^\s+at /m);
    }),
  );
  taken.close();
});
