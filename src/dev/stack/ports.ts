// Loopback ports: chooses free ones for tests, and names the setting to change when a port is taken.
import { randomInt } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { dropOldReservations, reserve } from './port-reservations';

/** The only address on which the local stack listens, so that other machines cannot reach it. */
export const LOOPBACK = '127.0.0.1';

// Below the range from which Linux (32768 up) and macOS (49152 up) take the ports of outgoing connections. In that range any
// program's next connection could take a port after it is chosen here and before its server opens it.
const FREE_PORT_RANGE = { from: 15_000, to: 32_000 };

// Each try hits a taken port with a probability of a few per mille; hundreds of hits in a row mean that the machine has no free
// port.
const FREE_PORT_TRIES = 500;

// A listener on this machine answers a connection within microseconds; longer means a firewall that drops packets.
const CONNECT_TIMEOUT_MS = 500;

/** A port that a server needs, with the names of the settings that would resolve a conflict. */
export interface WantedPort {
  port: number;
  /** Name of the server, for the message: `NATS`, `Temporal's UI`. */
  server: string;
  /** Name of the setting that chooses this port: `NATS_PORT`. */
  setting: string;
  /** Name of the setting that makes us use an existing server, if there is one: `NATS_URL`. */
  addressSetting?: string;
}

/** Thrown before anything is started, when at least one of the ports cannot be opened; `taken` lists all of them. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(readonly taken: readonly WantedPort[]) {
    super(taken.map(sentenceFor).join('\n'));
  }
}

function sentenceFor({ port, server, setting, addressSetting }: WantedPort): string {
  const elsewhere =
    addressSetting === undefined ? '' : `, or set ${addressSetting} to use the server that is already there`;
  return (
    `port ${port}, wanted by ${server}, is taken by another program. ` +
    `Stop that program, or set ${setting} to a free port${elsewhere}.`
  );
}

/** Throws `PortTakenError` naming every port of `wanted` that cannot be opened on loopback now. */
export async function assertPortsFree(wanted: readonly WantedPort[]): Promise<void> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  const taken = wanted.filter((_, index) => free[index] === false);
  if (taken.length > 0) throw new PortTakenError(taken);
}

/** `assertPortsFree` for one port, for example the gateway's. */
export function assertPortFree(port: number, server: string, setting: string): Promise<void> {
  return assertPortsFree([{ port, server, setting }]);
}

/** Ports that this process has returned before: their servers may not listen yet. */
const given = new Set<number>();

/**
 * Returns `count` free loopback ports, none of which it has returned before, or another process lately. It keeps all of them open
 * while it chooses. Not
 * get-port: its CommonJS version returns ports of outgoing connections or, from a range, the same ports to all processes that ask
 * at once.
 */
export async function freePorts(count: number): Promise<number[]> {
  dropOldReservations();
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries += 1) {
      if (tries === FREE_PORT_TRIES) throw new Error(`found no ${count} free ports on ${LOOPBACK}`);
      const port = randomInt(FREE_PORT_RANGE.from, FREE_PORT_RANGE.to);
      const server = given.has(port) ? undefined : await listen(port);
      if (server === undefined) continue;
      held.push(server);
      if (!reserve(port)) continue;
      given.add(port);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map(close));
  }
}

/** Whether a server accepts TCP connections on the loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

async function isFree(port: number): Promise<boolean> {
  // macOS allows a bind to 127.0.0.1 beside a listener on all addresses, so only a connection shows whether the port is taken.
  if (await isListening(port)) return false;
  const server = await listen(port);
  if (server === undefined) return false;
  await close(server);
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
