/**
 * `npm run test:full -- console-cost [seconds]`: memory and processor time of the console's process, as it is installed, while
 * somebody has its pages open and 20 events a second come in. The goals: below 150 MiB, and below 10 % of a core.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../demo/command-line';
import { articleViewed } from '../../domains/shop/events';
import { connectNats, createPublisher } from '../../src/adapters/nats';
import { encodeEvent } from '../../src/contracts';
import { cpuSeconds } from '../../bench/proc';
import { startShopProcesses } from '../shop/support/shop-processes';
import { visitConsole } from '../support/console-visitor';
import { silentLog } from '../support/log';
import { rolesWith } from '../support/roles';
import { memoryOf } from './console-load/ask';
import { installBuilt } from './console-load/built';
import { numberGiven } from './number';

const SECONDS = numberGiven('seconds', 120);
const EVENTS_PER_SECOND = 20;
const ARTICLES = 50;
/** What the pages that refresh themselves ask for, every five seconds. */
const PAGES = ['/live/overview', '/live/struggling', '/live/streams'];
const REFRESH_MS = 5_000;
const MOST_MIB = 150;
const MOST_SHARE = 0.1;
/** The start is not the usual work. */
const SETTLE_MS = 20_000;

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-cost-'));
  try {
    await installBuilt(folder);
    const shop = await startShopProcesses({});
    try {
      await shop.start('bridge');
      await shop.start('worker:orders');
      const roles = rolesWith(shop.settings, { installed: folder });
      try {
        const { pid } = await roles.start('console');
        await measured(shop.settings, pid);
      } finally {
        await roles.stop();
      }
    } finally {
      await shop.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(settings: Readonly<Record<string, string>>, pid: number): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = [
    publish(`nats://127.0.0.1:${settings['NATS_PORT']}`, signal),
    look(`http://127.0.0.1:${settings['CONSOLE_PORT']}`, signal),
  ];
  await sleep(SETTLE_MS);
  const [before, since] = [cpuSeconds(pid), performance.now()];
  const samples: number[] = [];
  while (performance.now() - since < SECONDS * 1_000) {
    samples.push((await memoryOf(pid)).now);
    await sleep(1_000);
  }
  const share = ((cpuSeconds(pid) - before) * 1_000) / (performance.now() - since);
  const [most, { peak }] = [Math.max(...samples), await memoryOf(pid)];
  stopping.abort();
  const [published = 0] = await Promise.all(work);
  const mean = samples.reduce((sum, each) => sum + each, 0) / samples.length;
  say(`  ${published} events, over ${SECONDS} s with three pages open`);
  say(
    `  memory    ${mean.toFixed(0)} MiB on average, ${most} at most, ${peak} since the start; the goal is ${MOST_MIB}`,
  );
  say(`  processor ${(share * 100).toFixed(1)} % of a core; the goal is ${MOST_SHARE * 100} %`);
  if (most > MOST_MIB || share > MOST_SHARE) process.exitCode = 1;
}

/** @returns how many events were published */
async function publish(url: string, signal: AbortSignal): Promise<number> {
  const nats = await connectNats({ url, name: 'console-cost', log: silentLog });
  const send = createPublisher(nats.jetstream());
  let published = 0;
  while (!signal.aborted) {
    const time = new Date().toISOString();
    const data = { sku: `ARTICLE-${published % ARTICLES}`, viewedAt: time };
    const event = { contract: articleViewed, id: `view-${published}`, time, data };
    await send(encodeEvent(event, { source: '/console-cost/web-shop' }));
    published += 1;
    await sleep(1_000 / EVENTS_PER_SECOND, undefined, { signal }).catch(() => undefined);
  }
  await nats.close();
  return published;
}

async function look(address: string, signal: AbortSignal): Promise<number> {
  const visitor = await visitConsole(address);
  let looks = 0;
  for (; !signal.aborted; looks++) {
    for (const page of PAGES) await visitor.open(page);
    await sleep(REFRESH_MS, undefined, { signal }).catch(() => undefined);
  }
  return looks;
}

void main();
