/** Waits until nothing is under way any more, and decides what waits for a person meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { errorMessage } from '../../src/contracts';
import { eventually } from '../../demo/eventually';
import type { Shop } from '../../demo/shop';
import { progressOf } from '../support/journal/stream';
import type { Person } from './person';

const LOOK_MS = 1_000;
/**
 * Longer than a batcher waits for more (2 s), and than the provider takes for a dispute after the capture (2 s) and
 * reconciliation then lets alone (3 s).
 */
const QUIET_LOOKS = 7;

interface Settling {
  /** A connection that may list the consumers. */
  readonly lister: NatsConnection;
  readonly person: Person;
  readonly withinMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @returns what is still under way when the time is over; nothing when all is quiet */
export async function settle(
  shop: Shop,
  { lister, person, withinMs, log, signal }: Settling,
): Promise<Record<string, number>> {
  const deadline = Date.now() + withinMs;
  let quiet = 0;
  for (;;) {
    const left = await underWay(shop, lister).catch((error: unknown) => {
      return { [`unknown: ${errorMessage(error)}`]: 1 };
    });
    quiet = Object.keys(left).length === 0 ? quiet + 1 : 0;
    if (quiet === QUIET_LOOKS || Date.now() > deadline || signal.aborted) return left;
    log(`under way: ${JSON.stringify(left)}`);
    if (quiet === 0) await person.decide().catch((error: unknown) => log(`no decision: ${String(error)}`));
    await sleep(LOOK_MS);
  }
}

async function underWay(shop: Shop, lister: NatsConnection): Promise<Record<string, number>> {
  const { database, temporal, local } = shop;
  const [{ left }, [outbox], open, webhooks] = await Promise.all([
    progressOf(lister),
    database.query<{ rows: string }>(
      'select count(*) as rows from sagaline.outbox where published_at is null',
    ),
    temporal.workflow.count(`ExecutionStatus = 'Running'`),
    fetch(`${local.devUrls['providers']}/sandbox/webhooks`).then((answer) => answer.json()),
  ]);
  const undelivered = (webhooks as { data: { delivered: boolean }[] }).data.filter((each) => !each.delivered);
  const counts = {
    'events to be settled': left,
    'events to be published': Number(outbox?.rows),
    'open workflows': open.count,
    'webhooks to be delivered': undelivered.length,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const UP_WITHIN_MS = 60_000;

/** Whether all processes are up again that take part. */
export async function untilUp({ local }: Shop, processes: readonly string[]): Promise<boolean> {
  const areUp = () => {
    const pids = local.rolePids();
    return Promise.resolve(processes.every((name) => pids[name] !== undefined) ? true : undefined);
  };
  return (await eventually(areUp, UP_WITHIN_MS)) === true;
}
