// A cluster, and the demo's shop on it; both leave nothing behind, however it ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownStackSettings } from '../../../demo/local-settings';
import type { Shop } from '../../../demo/shop';
import { openShop } from '../../../demo/shop';
import { loadApp } from '../../../src/runtime/load';
import { startLocal } from '../../../src/runtime/local';
import type { Binaries } from '../../../scripts/temporal-server/build';
import type { Cluster } from './cluster';
import { startCluster } from './cluster';

/** Real servers write every step to disk, and one of them goes away: things may take this many times longer. */
const PATIENCE = 2;

type Say = (line: string) => void;

export async function onCluster<Result>(
  options: { readonly size: number; readonly binaries: Binaries; readonly log: Say },
  act: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  return inFolder('cluster', async (folder) => {
    const cluster = await startCluster({ ...options, folder });
    try {
      return await act(cluster);
    } finally {
      await cluster.stop();
    }
  });
}

export async function inShop<Result>(
  options: {
    readonly cluster: Cluster;
    /** Laid over those of the demo. */
    readonly settings?: Readonly<Record<string, string>>;
    readonly log: Say;
  },
  act: (shop: Shop) => Promise<Result>,
): Promise<Result> {
  const { cluster, settings = {}, log } = options;
  return inFolder('shop', async (folder) => {
    const local = await startLocal({
      app: loadApp(),
      settings: {
        ...(await ownStackSettings(folder)),
        TEMPORAL_ADDRESS: cluster.address,
        TEMPORAL_UI_URL: cluster.uiUrl,
        DATABASE_URL: cluster.databaseUrl,
        ...settings,
      },
      log,
    });
    try {
      const shop = await openShop(local, { patience: PATIENCE });
      try {
        return await act(shop);
      } finally {
        await shop.close();
      }
    } finally {
      await local.stop();
    }
  });
}

async function inFolder<Result>(name: string, act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), `sagaline-full-${name}-`));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
