// The example in Python against a gateway and NATS: what it publishes is stored once, though the gateway fails at first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { createPublisher, NotPublishedError } from '../../../../src/adapters/nats';
import { environment } from '../../../../src/config';
import { orderSubmitted } from '../../../../domains/shop/events';
import { gatewayUnderTest } from '../../unit/gateway/gateway-under-test';
import { installed } from '../../../support/cloud-events/python';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { storedEvents } from '../../../support/relay-under-test';

// The first run installs the Python SDK.
jest.setTimeout(150_000);

const FOLDER = path.resolve(__dirname, '../../../../examples/python-producer');
let nats: TestNats;
let gateway: FastifyInstance;
let attempts = 0;

beforeAll(async () => {
  nats = await startTestNats();
  const publish = createPublisher(nats.connection.jetstream());
  gateway = gatewayUnderTest({
    publish: async (event) => {
      const receipt = await publish(event);
      attempts += 1;
      if (attempts > 1) return receipt;
      // Stored, and the answer is lost: the producer has to repeat.
      throw new NotPublishedError(event.subject, 'unconfirmed', { cause: new Error('no answer') });
    },
  }).app;
  await gateway.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await gateway.close();
  await nats.stop();
});

const produce = (...orders: readonly object[]) =>
  produceAt(gateway.server, ...orders.map((order) => JSON.stringify(order)));

async function produceAt(server: Server, ...lines: readonly string[]) {
  const { port } = server.address() as AddressInfo;
  const args = [path.join(FOLDER, 'producer.py'), '--gateway', `http://127.0.0.1:${port}`];
  const child = spawn('python3', args, {
    env: { ...environment(), PYTHONPATH: await installed(), PYTHONDONTWRITEBYTECODE: '1' },
  });
  child.stdin.end(lines.join('\n'));
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  const receipts = out.split('\n').filter(Boolean);
  return { code, error, receipts: receipts.map((line) => JSON.parse(line) as object) };
}

test('orders are published at least once, and stored once', async () => {
  const orders = ['py-1', 'py-2'].map((orderId) => ({ ...orderSubmitted.example, orderId }));
  expect(await produce(...orders)).toMatchObject({
    code: 0,
    error: '',
    receipts: [
      { id: 'submitted:py-1', subject: 'evt.orders.submitted.v1.py-1', duplicate: true },
      { id: 'submitted:py-2', duplicate: false },
    ],
  });
  expect(attempts).toBe(3);
  expect(await storedEvents(nats.connection)).toEqual([
    { id: 'submitted:py-1', entity: 'py-1' },
    { id: 'submitted:py-2', entity: 'py-2' },
  ]);
});

test('what the gateway refuses is told, and delays nothing', async () => {
  const wrong = { ...orderSubmitted.example, orderId: 'py-3', currency: 'EURO' };
  const other = { ...orderSubmitted.example, orderId: 'py-1', customerId: 'somebody-else' };
  const { code, error, receipts } = await produce(wrong, other, { ...wrong, currency: 'EUR' });
  expect([code, receipts]).toMatchObject([1, [{ id: 'submitted:py-3', duplicate: false }]]);
  expect(error).toMatch(/submitted:py-3: 422: .*data\.currency/);
  expect(error).toMatch(/submitted:py-1: 409: .*conflict/);
});

test('an answer that is no receipt confirms nothing: the event is sent again', async () => {
  const answers = ['<html>Welcome</html>', '{}', '[]'];
  const receipt = { id: 'submitted:py-4', subject: 'evt.x', sequence: 7, duplicate: true };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(answers.shift() ?? JSON.stringify(receipt));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const order = JSON.stringify({ ...orderSubmitted.example, orderId: 'py-4' });
    expect(await produceAt(server, order)).toEqual({ code: 0, error: '', receipts: [receipt] });
    expect(answers).toEqual([]);
  } finally {
    server.close();
  }
});

test('a line that is no order is told, and the others are published', async () => {
  const order = JSON.stringify({ ...orderSubmitted.example, orderId: 'py-5' });
  const { code, error, receipts } = await produceAt(gateway.server, 'nonsense', '', '{}', order);
  expect([code, receipts]).toMatchObject([1, [{ id: 'submitted:py-5' }]]);
  expect(error.split('\n')).toEqual([
    'line 1: this is no order: JSON with an orderId',
    'line 3: this is no order: JSON with an orderId',
    '',
  ]);
});
