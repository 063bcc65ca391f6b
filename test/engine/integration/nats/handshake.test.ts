// A server that ends while a client connects to it: the client must not wait for it when another one is there.
import { once } from 'node:events';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { connectNats, natsIsUp } from '../../../../src/adapters/nats';
import { silentLog } from '../../../support/log';
import { startRestartableNats } from '../../../support/restartable-nats';
import { until } from '../../../support/until';

/** What a server says first; the client answers, and waits for a last word. */
const INFO =
  'INFO {"server_id":"dying","version":"2.15.1","proto":1,"max_payload":1048576,"headers":true}\r\n';
const RECOVERED_MS = 8_000;

test('a server that ends in the middle of a handshake costs seconds', async () => {
  const nats = await startRestartableNats();
  const connection = await connectNats({ url: nats.url, name: 'test', log: silentLog });
  try {
    await nats.kill();
    const dying = await listen(Number(new URL(nats.url).port));
    await once(dying, 'connection');
    dying.close();
    await nats.start();
    await until('the connection', () => natsIsUp(connection), RECOVERED_MS);
  } finally {
    await connection.close();
    await nats.stop();
  }
});

/** Greets, and hangs up as soon as the client has answered. */
async function listen(port: number): Promise<Server> {
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', () => client.destroy());
    client.write(INFO);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
