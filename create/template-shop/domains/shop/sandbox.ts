import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { defineDevRole } from 'sagaline';
import { z } from 'zod';

const PORT = 8090;
const port = z.coerce.number().int().min(1).max(65_535);

/** The provider declines cards whose token begins with this. */
const DECLINED = 'declined';

const request = z.object({ card: z.string(), amount: z.number() });

/** A payment provider that treats repeated calls under one key as one payment. It keeps payments in memory only. */
function createSandbox() {
  const payments = new Map<string, { readonly id: string; readonly amount: number }>();

  async function answer(call: IncomingMessage): Promise<readonly [status: number, body: object]> {
    const [, key] = /^\/payments\/(.+)$/.exec(call.url ?? '') ?? [];
    if (key === undefined) return [404, {}];
    const known = payments.get(key);
    if (known) return [200, known];
    if (call.method !== 'PUT') return [404, {}];
    const { card, amount } = request.parse(await json(call));
    if (card.startsWith(DECLINED)) return [402, { reason: 'the card is declined' }];
    const made = { id: `pay-${payments.size + 1}`, amount };
    payments.set(key, made);
    return [201, made];
  }

  return (call: IncomingMessage, reply: ServerResponse): void => {
    answer(call)
      .catch(() => [400, {}] as const)
      .then(([status, body]) => {
        reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  };
}

/** Replaces the payment provider on this machine; not used in production. */
export const sandbox = defineDevRole({
  settings: z.object({ SANDBOX_PORT: port.default(PORT) }),
  port: 'SANDBOX_PORT',
  run: async ({ settings, listen }) => {
    const server = createServer(createSandbox());
    await listen(
      'SANDBOX_PORT',
      { host: '127.0.0.1', port: settings.SANDBOX_PORT },
      (at) =>
        new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(at.port, at.host, resolve);
        }),
    );
    const stop = () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    return { checks: { sandbox: () => true }, stop };
  },
});

/** Settings with which the shop reaches the sandbox. */
export function sandboxPresets(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return { PAYMENTS_URL: `http://127.0.0.1:${port.safeParse(given['SANDBOX_PORT']).data ?? PORT}` };
}
