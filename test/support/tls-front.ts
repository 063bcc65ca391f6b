import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { createServer } from 'node:tls';

/** TLS in front of a server in plain text. The bytes inside pass as they are, so it does for gRPC. */
export interface TlsFront {
  readonly address: string;
  /** Serial numbers of the client certificates of all connections so far. */
  readonly peers: readonly string[];
  /** Uses other files for new connections. */
  use(files: TlsOptions): void;
  /** Ends the connections; clients make new ones. */
  drop(): void;
  stop(): Promise<void>;
}

/** @param options.port a free port; default: the system chooses one */
export async function startTlsFront(
  target: string,
  options: TlsOptions & { readonly port?: number },
): Promise<TlsFront> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const peers: string[] = [];
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ ALPNProtocols: ['h2'], ...options }, (client: TLSSocket) => {
    peers.push(client.getPeerX509Certificate()?.serialNumber ?? 'none');
    const upstream = connect(Number(port), host);
    keep(client);
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const drop = () => sockets.forEach((socket) => socket.destroy());
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    peers,
    use: (files) => server.setSecureContext(files),
    drop,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      drop();
      await closed;
    },
  };
}
