import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port in front of a server, which a test can make refuse connections as if the server were down. */
export interface Proxy {
  readonly address: string;
  /** Ends all connections; new ones are refused. */
  close(): Promise<void>;
  open(): Promise<void>;
  isOpen(): boolean;
  /** Delays everything that is sent from now on by `ms`, in both directions and in order; 0 is as fast as possible. */
  slow(ms: number): void;
  /** Holds back what the next new connection sends, until it is released: a request that is delayed in the network. */
  hold(): HeldConnection;
}

export interface HeldConnection {
  /** Resolves when the client has sent something. */
  readonly reached: Promise<void>;
  release(): void;
}

/**
 * @param target `host:port`; without one, connections are accepted but never answered
 * @param options.slowMs the delay of what a client sends, until `slow` changes it
 * @param options.port a free port; by default the system chooses one, and may give it to others while the proxy is closed
 */
export async function startProxy(target?: string, { slowMs = 0, port: chosen = 0 } = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const delay = { there: slowMs, back: 0 };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const holder = holders.shift();
    if (holder) holder(client);
    else forward(client);
  });
  const holders: ((client: Socket) => void)[] = [];
  const forward = (client: Socket) => {
    if (target === undefined) return;
    const [host, port] = target.split(':');
    const upstream = connect(Number(port), host);
    keep(upstream);
    pass(client, upstream, () => delay.there);
    pass(upstream, client, () => delay.back);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  };
  const hold = (): HeldConnection => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      holders.push((client) => {
        // The bytes are not consumed: they stay for the server, which the client is piped to later.
        client.once('readable', resolve);
        void released.then(() => forward(client));
      });
    });
    return { reached, release };
  };
  let port = chosen;
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  };
  await open();
  return {
    address: `127.0.0.1:${port}`,
    open,
    isOpen: () => server.listening,
    hold,
    slow: (ms) => {
      delay.there = ms;
      delay.back = ms;
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Passes on the data of one end, each piece with the delay at its arrival, and never before an earlier piece. */
function pass(from: Socket, to: Socket, delayMs: () => number): void {
  let turn = Promise.resolve();
  let waiting = 0;
  const later = (work: () => void) => {
    const ms = delayMs();
    if (ms === 0 && waiting === 0) {
      work();
      return;
    }
    const dueAt = performance.now() + ms;
    waiting += 1;
    turn = turn
      .then(() => sleep(Math.max(0, dueAt - performance.now()), undefined, { ref: false }))
      .then(() => {
        waiting -= 1;
        work();
      });
  };
  from.on('data', (sent) => later(() => !to.destroyed && to.write(sent)));
  from.on('end', () => later(() => to.end()));
}
