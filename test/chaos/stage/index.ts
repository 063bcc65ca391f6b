/** The stage of a run: servers, the lines to them, and the shop's processes, all on loopback and on free ports. */
import type { NatsConnection } from 'nats';
import { ownStackSettings } from '../../../demo/local-settings';
import type { Shop } from '../../../demo/shop';
import { openShop } from '../../../demo/shop';
import { connectNats, natsRole } from '../../../src/adapters/nats';
import { environment, readConfig } from '../../../src/config';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import type { Local } from '../../../src/runtime/local';
import { loadApp } from '../../../src/runtime/load';
import { startLocal } from '../../../src/runtime/local';
import { secureStack } from '../../../src/runtime/local/secured';
import { silentLog } from '../../support/log';
import type { Listener } from '../names';
import { COUNTS, NATS_NODES } from '../names';
import type { Lines } from './lines';
import { layLines } from './lines';
import type { Server, Servers } from './servers';
import { startServers } from './servers';

export interface Stage {
  readonly servers: readonly Server[];
  readonly lines: Lines['list'];
  readonly local: Local;
  /** The run's own eyes and hands: with connections that nobody cuts. */
  readonly shop: Shop;
  /** A connection that may list the consumers, which no operator may. */
  readonly lister: NatsConnection;
  stop(): Promise<void>;
}

/**
 * A step is given up before its first attempt is (ten seconds): the compensation overtakes it if a worker is suspended.
 * Other deadlines are longer than most outages, and short enough for an order to end within the run.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  STREAM_REPLICAS: '3',
  STREAM_MAX_BYTES: String(512 * 1024 * 1024),
  LOG_FORMAT: 'json',
  // A booking that is given up has to be cancelled before the carrier fetches the parcel, or a person has to do it.
  SANDBOX_DISPATCH_MS: '4000',
  SANDBOX_DELIVERY_MS: '1000',
  ORDER_STEP_WITHIN_MS: '9000',
  ORDER_SUBMISSION_WITHIN_MS: '20000',
  ORDER_AUTHORIZATION_WITHIN_MS: '15000',
  ORDER_PAYMENT_METHOD_WITHIN_MS: '10000',
  ORDER_STOCK_DECISION_WITHIN_MS: '10000',
  ORDER_DISPATCH_WITHIN_MS: '20000',
  ORDER_DELIVERY_WITHIN_MS: '10000',
  RECONCILE_GRACE_MS: '3000',
};

/** What takes part in a run takes its time while others are down. */
const PATIENCE = 4;

export async function openStage(
  folder: string,
  { log, secure }: { readonly log: (line: string) => void; readonly secure: boolean },
): Promise<Stage> {
  const closing: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const settings = { ...(await ownStackSettings(folder)), ...SETTINGS };
    const app = loadApp();
    // The local stack finds the same keys again: its servers are these.
    const secured = secure ? await secureStack(app, { ...environment(), ...settings }) : undefined;
    const servers = await startServers(folder, { log, secured: secured?.servers ?? {} });
    closing.push(() => servers.stop());
    const scheme = secured ? 'tls' : 'nats';
    const addresses = addressesOf(servers, scheme);
    const lines = await layLines(portsOf(servers, settings), { databaseUrl: addresses.DATABASE_URL, scheme });
    closing.push(() => lines.stop());
    const local = await startLocal({
      app,
      settings: { ...settings, ...addresses },
      secure,
      counts: COUNTS,
      settingsOf: (process) => lines.settingsOf(process),
      log,
    });
    closing.push(() => local.stop());
    const shop = await openShop(local, { patience: PATIENCE });
    closing.push(() => shop.close());
    const settingsOf = local.secured?.settingsOf('provision');
    const lister = await connectNats({
      ...(settingsOf ? readConfig(settingsOf, { providers: [] }) : local.config).nats,
      ...natsRole('provision'),
      log: silentLog,
    });
    closing.push(() => lister.close());
    await shop.database.query('update inventory.stock set received = 10 * received, on_hand = 10 * on_hand');
    return { servers: servers.list, lines: lines.list, local, shop, lister, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressesOf({ list }: Servers, scheme: 'nats' | 'tls') {
  const portOf = (name: string) => list.find((server) => server.name === name)?.port ?? 0;
  return {
    NATS_URL: NATS_NODES.map((node) => `${scheme}://${LOOPBACK}:${portOf(node)}`).join(','),
    TEMPORAL_ADDRESS: `${LOOPBACK}:${portOf('temporal')}`,
    DATABASE_URL: `postgresql://sagaline:sagaline@${LOOPBACK}:${portOf('postgres')}/sagaline`,
  };
}

function portsOf({ list }: Servers, settings: Readonly<Record<string, string>>) {
  return (listener: Listener): number => {
    if (listener === 'gateway') return Number(settings['GATEWAY_PORT']);
    if (listener === 'providers') return Number(settings['SANDBOX_PORT']);
    return list.find(({ name }) => name === listener)?.port ?? 0;
  };
}
