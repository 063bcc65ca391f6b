// A real gateway process is told to stop: what it has in hand is answered, what it has answered is stored.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
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
let port: number;
let gateway: RoleProcess;

beforeAll(async () => {
  nats = await startTestNats();
  roles = rolesWith({ NATS_URL: nats.url });
});
afterAll(async () => {
  await roles.stop();
  await nats.stop();
});
beforeEach(async () => {
  [port = 0] = await freePorts(1);
  gateway = await roles.start('gateway', { GATEWAY_PORT: String(port) });
});

const bodyOf = (orderId: string) => Buffer.from(submissionOf(orderOf(orderId)).body);
const headOf = (length: number) =>
  `POST /events HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/cloudevents+json\r\nContent-Length: ${length}\r\n\r\n`;

/** A connection with what it has been answered. */
async function open(): Promise<{ socket: Socket; answer: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk))).on('error', () => undefined);
  return { socket, answer: () => answer, closed: once(socket, 'close') };
}

/** A request of which the gateway has read the first half. */
async function openHalf(orderId: string) {
  const connection = await open();
  const body = bodyOf(orderId);
  connection.socket.write(Buffer.concat([Buffer.from(headOf(body.length)), body.subarray(0, 100)]));
  await sleep(200);
  return { ...connection, sendRest: () => connection.socket.write(body.subarray(100)) };
}

const refusesConnections = () =>
  open().then(
    ({ socket }) => (socket.destroy(), false),
    () => true,
  );

test('a request in flight is answered and its connection closed; an idle one is closed; none is taken any more', async () => {
  const idle = await open();
  const body = bodyOf('idle');
  idle.socket.write(Buffer.concat([Buffer.from(headOf(body.length)), body]));
  await until('an answer', () => idle.answer().includes('202 Accepted'));
  const inFlight = await openHalf('in-flight');

  const since = performance.now();
  gateway.signal('SIGTERM');
  await idle.closed;
  await until('no new connection is taken', refusesConnections);
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
  const url = `http://127.0.0.1:${port}/events`;
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
  test('ends at its bound, and says so', async () => {
    const never = await openHalf('never-sent');
    const since = performance.now();
    gateway.signal('SIGTERM');
    const { code, at } = await gateway.ended;
    never.socket.destroy();
    expect(code).toBe(1);
    expect(at - since).toBeGreaterThan(BOUND_MS.atLeast);
    expect(at - since).toBeLessThan(BOUND_MS.atMost);
    expect(gateway.output()).toContain('ends with work in hand: it has not stopped within 14 s');
  });

  test('ends with a second signal, but not with one that npm has only passed on', async () => {
    const never = await openHalf('never-sent-either');
    gateway.signal('SIGINT');
    gateway.signal('SIGINT');
    await sleep(1_500);
    expect(gateway.output()).not.toContain('ends with work in hand');
    const since = performance.now();
    gateway.signal('SIGTERM');
    const { code, at } = await gateway.ended;
    never.socket.destroy();
    expect(code).toBe(1);
    expect(at - since).toBeLessThan(STOPPED_WITHIN_MS);
    expect(gateway.output()).toContain('ends with work in hand: told to, by a second SIGTERM');
  });
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

const misconfigurations: [string, () => Record<string, string>, () => string][] = [
  ['its port is taken', () => ({ GATEWAY_PORT: String(port) }), () => `GATEWAY_PORT: port ${port} `],
  [
    'the file of the API key is not there',
    () => ({ TEMPORAL_API_KEY_FILE: '/nowhere' }),
    () => 'TEMPORAL_API_KEY_FILE: /nowhere cannot be read',
  ],
];
test.each(misconfigurations)(
  'a gateway ends at once where %s, and names the setting',
  async (_, settings, problem) => {
    const misconfigured = await roles.launch('gateway', settings());
    const ended = await Promise.race([
      misconfigured.ended,
      sleep(STARTED_WITHIN_MS, 'it runs on', { ref: false }),
    ]);
    expect(ended).toMatchObject({ code: 2 });
    expect(misconfigured.output()).toContain(problem());
    expect(misconfigured.output()).not.toMatch(/^\s+at /m);
  },
);
