/** Waits until nothing is under way any more, and decides what waits for a person meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../demo/eventually';
import { arrivedByPhone, operator } from '../../demo/operator';
import type { Shop } from '../../demo/shop';
import { sagasIn } from '../../src/adapters/temporal';
import { COMPENSATION_STUCK } from '../../src/contracts';
import { progressOf } from '../support/journal/stream';

export interface Settled {
  /** What is still under way when the time is over; nothing when all is quiet. */
  readonly left: Readonly<Record<string, number>>;
  /** Orders of which a person has undone something by hand, which our books do not know. */
  readonly byHand: readonly string[];
}

const LOOK_MS = 1_000;
/** Longer than reconciliation lets things alone (3 s), and than an accumulator waits for more (2 s). */
const QUIET_LOOKS = 5;

export async function settle(
  shop: Shop,
  { withinMs, log, signal }: { withinMs: number; log: (line: string) => void; signal: AbortSignal },
): Promise<Settled> {
  const deadline = Date.now() + withinMs;
  const person = openPerson(shop);
  let quiet = 0;
  for (;;) {
    const left = await underWay(shop).catch((error: unknown) => {
      return { [`unknown: ${error instanceof Error ? error.message : String(error)}`]: 1 };
    });
    quiet = Object.keys(left).length === 0 ? quiet + 1 : 0;
    if (quiet === QUIET_LOOKS || Date.now() > deadline || signal.aborted) {
      return { left, byHand: [...person.byHand] };
    }
    log(`under way: ${JSON.stringify(left)}`);
    if (quiet === 0) await person.decide().catch((error: unknown) => log(`no decision: ${String(error)}`));
    await sleep(LOOK_MS);
  }
}

async function underWay(shop: Shop): Promise<Record<string, number>> {
  const { nats, database, temporal, local } = shop;
  const [{ left }, [outbox], open, webhooks] = await Promise.all([
    progressOf(nats),
    database.query<{ rows: string }>(
      'select count(*) as rows from sagaline.outbox where published_at is null',
    ),
    temporal.workflow.count(`ExecutionStatus = 'Running'`),
    fetch(`${local.sandboxUrl}/sandbox/webhooks`).then((answer) => answer.json()),
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

/** The carrier says on the phone that a parcel is there; what could not be undone is tried again, then done by hand. */
function openPerson(shop: Shop): { readonly byHand: ReadonlySet<string>; decide(): Promise<void> } {
  const retried = new Set<string>();
  const byHand = new Set<string>();
  return {
    byHand,
    decide: async () => {
      for await (const { workflowId } of sagasIn(shop.temporal, ['awaiting-decision'])) {
        await arrivedByPhone(shop, workflowId);
      }
      for await (const { workflowId, key } of sagasIn(shop.temporal, [COMPENSATION_STUCK])) {
        const isFirst = !retried.has(workflowId);
        retried.add(workflowId);
        const decision = isFirst ? ['retry'] : ['done-by-hand', '--reason', 'called back on the phone'];
        // Temporal's list is a moment behind: a saga that has gone on meanwhile refuses the decision.
        const { code } = await operator(shop, 'sagas', 'decide', workflowId, ...decision);
        if (!isFirst && code === 0) byHand.add(key);
      }
    },
  };
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
