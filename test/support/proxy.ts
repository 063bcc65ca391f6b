import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A port in front of a server, which a test can make refuse connections as if the server were gone. */
export interface Proxy {
  readonly address: string;
  /** Ends all connections; new ones are refused. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** @param target `host:port`; without one, connections are accepted and never answered */
export async function startProxy(target?: string): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (target === undefined) return;
    const [host, port] = target.split(':');
    const upstream = connect(Number(port), host);
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  let port = 0;
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  };
  await open();
  return {
    address: `127.0.0.1:${port}`,
    open,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
