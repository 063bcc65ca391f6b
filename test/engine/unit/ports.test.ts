// A port that a role cannot have is told with its setting, as any other setting that does not fit.
import { utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { InvalidConfigError } from '../../../src/config';
import { freePorts } from '../../../src/dev/stack';
import {
  dropOldReservations,
  RESERVED_MS,
  reservationFile,
  reserve,
} from '../../../src/dev/stack/port-reservations';
import { listening } from '../../../src/runtime/listening';

const HOST = '127.0.0.1';
const other = createServer();
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => other.listen(0, HOST, resolve));
  ({ port } = other.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => other.close(resolve)));

const problemsOf = (listen: Promise<unknown>): Promise<unknown> =>
  listen.then(
    () => 'it listens',
    (error: unknown) => (error instanceof InvalidConfigError ? error.problems : error),
  );

test.each(['GATEWAY_PORT', 'HEALTH_PORT', 'SANDBOX_PORT'] as const)('%s is taken', async (setting) => {
  const app = Fastify();
  const problems = await problemsOf(listening(setting, { host: HOST, port }, (at) => app.listen(at)));
  expect(problems).toEqual([
    `${setting}: port ${port} of ${HOST} is taken (EADDRINUSE); end the process that has it, or set another port`,
  ]);
});

test('a port that was chosen is nobody else’s until its server listens, or should', async () => {
  const ports = await freePorts(20);
  expect(ports.filter(reserve)).toEqual([]);
  dropOldReservations();
  expect(ports.filter(reserve)).toEqual([]);
  const old = new Date(Date.now() - RESERVED_MS - 1_000);
  for (const each of ports) utimesSync(reservationFile(each), old, old);
  dropOldReservations();
  expect(ports.filter(reserve)).toEqual(ports);
});

test('an address of another machine', async () => {
  const host = '192.0.2.1';
  const app = Fastify();
  const problems = await problemsOf(listening('GATEWAY_PORT', { host, port }, (at) => app.listen(at)));
  expect(problems).toEqual([
    `GATEWAY_HOST: this machine has no address ${host} (EADDRNOTAVAIL); set one of its own, or 0.0.0.0 for all`,
  ]);
});

test('another error stays as it is', async () => {
  const error = new Error('the journal is damaged');
  const problems = await problemsOf(
    listening('SANDBOX_PORT', { host: HOST, port }, () => Promise.reject(error)),
  );
  expect(problems).toBe(error);
});
