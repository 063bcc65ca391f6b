/** The two stacks: one with all controls, and one without those that can be left out. */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownStackSettings } from '../../../demo/local-settings';
import { newOrderId, orderOf, submissionOf } from '../../../demo/orders';
import type { Shop } from '../../../demo/shop';
import { openedOrder, openShop, untilState } from '../../../demo/shop';
import type { NatsRole, NatsSettings } from '../../../src/adapters/nats';
import type { Environment } from '../../../src/config';
import { readConfig } from '../../../src/config';
import type { Local } from '../../../src/runtime/local';
import { startLocal } from '../../../src/runtime/local';
import { loadApp } from '../../../src/runtime/load';
import type { ApiKey } from '../../../src/security/tokens/api-keys';
import { newApiKey } from '../../../src/security/tokens/api-keys';

export interface Target {
  readonly controls: 'on' | 'off';
  readonly local: Local;
  /** The owner's own access, to prepare attacks and to see what they did. */
  readonly shop: Shop;
  readonly gatewayPort: number;
  /** The gateway, or without the control: an HTTP server before it that takes what a careless one takes. */
  readonly front: number;
  /** The gateway, or without the control: one that believes every source and every signature. */
  readonly checking: number;
  /** The codec server, or without the control: one for everybody. */
  readonly codec: number;
  /** The address of a database: the stack's own, or without the control one whose user is a superuser. */
  readonly database: string;
  /** A NATS without TLS, which somebody has put in the place of ours. */
  readonly plaintextNats: number;
  /** Orders of a customer: one whose payment is pending, and one whose parcel waits for the carrier. */
  readonly victim: { readonly pending: string; readonly booked: string };
  /** How a process of this role reaches NATS: what who takes it over has. Without the control, everybody. */
  readonly natsAs: (role: NatsRole) => NatsSettings;
  /** Gives out a key of the gateway. */
  readonly give: (about: Omit<ApiKey, 'hash' | 'principal'>) => Promise<string>;
  readonly revoke: (id: string) => Promise<void>;
  /** Resolves when the gateway has read its keys again. */
  readonly keysApply: () => Promise<void>;
}

/** No parcel leaves during the suite, and few requests are enough for the limit. */
const SETTINGS = {
  SANDBOX_DISPATCH_MS: '3600000',
  GATEWAY_REQUESTS_PER_MINUTE: '100',
  ORDER_AUTHORIZATION_WITHIN_MS: '3600000',
  LOG_FORMAT: 'json',
};
/** The gateway reads the file of the keys again after a second. */
const KEYS_APPLY_MS = 1_300;

export type Started = Omit<Target, 'front' | 'checking' | 'codec' | 'database' | 'plaintextNats'>;

export async function startTarget(folder: string, controls: 'on' | 'off'): Promise<Started> {
  const settings: Record<string, string> = { ...(await ownStackSettings(folder)), ...SETTINGS };
  const secure = controls === 'on';
  const local = await startLocal({ app: loadApp(), settings, secure, log: () => undefined });
  const shop = await openShop(local);
  const victim = { pending: newOrderId('pending'), booked: newOrderId('booked') };
  await shop.publish(submissionOf(orderOf(victim.pending, { paymentToken: 'tok_pending_forever' })));
  await shop.publish(submissionOf(orderOf(victim.booked)));
  await openedOrder(shop, victim.pending);
  await untilState(shop, await openedOrder(shop, victim.booked), 'awaiting-dispatch');
  const natsAs = (role: NatsRole): NatsSettings => {
    const { NATS_URL } = local.config;
    const given: Environment = local.secured?.settingsOf(role) ?? { NATS_URL };
    return readConfig(given, { providers: [] }).nats;
  };
  const gatewayPort = Number(settings['GATEWAY_PORT']);
  return { controls, local, shop, gatewayPort, victim, natsAs, ...keysOf(local) };
}

function keysOf({ secured }: Local): Pick<Target, 'give' | 'revoke' | 'keysApply'> {
  const file = secured?.settings['API_KEYS_FILE'];
  const change = async (by: (list: readonly ApiKey[]) => readonly ApiKey[]) => {
    if (file === undefined) return;
    const list = JSON.parse(await readFile(file, 'utf8')) as ApiKey[];
    await writeFile(file, JSON.stringify(by(list)));
  };
  return {
    give: async (about) => {
      const { key, entry } = newApiKey({ principal: about.id, ...about });
      await change((list) => [...list, entry]);
      return key;
    },
    revoke: (id) => change((list) => list.filter((entry) => entry.id !== id)),
    keysApply: () => sleep(file === undefined ? 0 : KEYS_APPLY_MS),
  };
}
