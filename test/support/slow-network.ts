import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A connection to a server on which a test can delay what the server sends, as a slow network does. */
export interface SlowNetwork {
  readonly url: string;
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

export async function startSlowNetwork(target: string): Promise<SlowNetwork> {
  const { protocol, hostname, port } = new URL(target);
  const answers = new Set<Socket>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    answers.add(upstream);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => [client, upstream].forEach((one) => one.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${protocol}//127.0.0.1:${(server.address() as { port: number }).port}`,
    hold: () => answers.forEach((answer) => answer.pause()),
    release: () => answers.forEach((answer) => answer.resume()),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
