// The one address that clients know: connections go to the nodes in turn, past those that do not answer.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { LOOPBACK } from '../../../src/dev/stack/ports';

export interface LoadBalancer {
  readonly port: number;
  /** Connections that a node refused, and that another one got. */
  passedOn(): number;
  stop(): Promise<void>;
}

/** A connection ends with its node, as behind any balancer of the fourth layer: the client connects again. */
export async function startLoadBalancer(port: number, nodePorts: readonly number[]): Promise<LoadBalancer> {
  const open = new Set<Socket>();
  let turn = 0;
  let passedOn = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };

  const server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    const first = turn++;
    const inTurn = nodePorts.map((_, index) => nodePorts[(first + index) % nodePorts.length] ?? 0);
    void firstToAnswer(inTurn).then(({ node, refused }) => {
      passedOn += refused;
      if (node === undefined || client.destroyed) {
        node?.destroy();
        client.destroy();
        return;
      }
      keep(node);
      client.pipe(node).pipe(client);
      client.on('close', () => node.destroy());
      node.on('close', () => client.destroy());
    });
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');

  return {
    port,
    passedOn: () => passedOn,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function firstToAnswer(ports: readonly number[]): Promise<{ node?: Socket; refused: number }> {
  for (const [refused, port] of ports.entries()) {
    const node = connect({ host: LOOPBACK, port, noDelay: true });
    try {
      await once(node, 'connect');
      return { node, refused };
    } catch {
      node.destroy();
    }
  }
  return { refused: ports.length };
}
