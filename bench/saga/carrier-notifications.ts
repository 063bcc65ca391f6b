import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { DomainEvent } from '../../src/contracts';
import { carrierWebhook } from '../../domains/shop/webhooks/carrier';

/**
 * Replaces gateway and bridge: receives the provider sandbox's webhooks, and delivers the carrier's notifications at once. So
 * both ways to write the order get their notifications from the same carrier, in the same time, by one signal each.
 */
export async function receiveCarrierNotifications(
  port: number,
  deliver: (event: DomainEvent) => Promise<void>,
): Promise<() => void> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      response.end();
      if (request.url !== '/webhooks/carrier') return;
      const reading = carrierWebhook.read({ body: JSON.parse(body), headers: {} });
      const [notification] = reading.kind === 'events' ? reading.events : [];
      if (!notification) return;
      const { contract, id, data } = notification;
      const event = { id, source: '/providers/carrier', type: contract.type, key: contract.key(data), data };
      deliver(event).catch((error: unknown) => {
        process.stderr.write(`the carrier's notification of ${event.key} is lost: ${String(error)}\n`);
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
