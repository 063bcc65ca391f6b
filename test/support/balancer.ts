import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A TCP load balancer, as in front of the gateway: it sends new connections to the backends that are ready. */
export interface Balancer {
  readonly address: string;
  /** Adds a `host:port`, which is used while `/readyz` of its health server answers 200. */
  add(backend: string, health: string): void;
  ready(): readonly string[];
  /** Connections that it could not forward: the backend refused, or none was ready. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

export async function startBalancer({ lookEveryMs = 100 } = {}): Promise<Balancer> {
  const backends = new Map<string, { readonly health: string; readonly ready: boolean }>();
  const sockets = new Set<Socket>();
  const refused: string[] = [];
  const ready = () => [...backends].filter(([, { ready }]) => ready).map(([backend]) => backend);
  let turn = 0;

  const server = createServer((client) => {
    const candidates = ready();
    const backend = candidates[turn++ % candidates.length];
    if (backend === undefined) {
      refused.push('none is ready');
      client.destroy();
      return;
    }
    const [host, port] = backend.split(':');
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('error', () => undefined);
    upstream.on('error', () => upstream.connecting && refused.push(backend));
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const look = async ([backend, { health }]: readonly [string, { readonly health: string }]) => {
    const answer = await fetch(`${health}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    backends.set(backend, { health, ready: answer?.ok === true });
  };
  const looking = setInterval(() => void Promise.all([...backends].map(look)), lookEveryMs);

  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    add: (backend, health) => void backends.set(backend, { health, ready: false }),
    ready,
    refused,
    close: async () => {
      clearInterval(looking);
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
