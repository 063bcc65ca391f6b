import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/dev/random';
import type { Say } from './command-line';
import { eventually } from './eventually';
import type { Shop } from './shop';

/** When one process is killed, in milliseconds from the first order. */
interface PlannedKill {
  readonly role: string;
  readonly afterMs: number;
}

/** The result of one kill. */
export interface Kill {
  readonly role: string;
  readonly ordersOpen: number;
  /** From the kill until the role was ready again. */
  readonly backAfterMs: number;
}

/** Short enough that several roles are down at once, long enough that two cores can start them again. */
const GAP_MS = { from: 1_000, to: 3_500 };

/** Each role once in each round, in another order each time. */
export function planKills(random: Random, roles: readonly string[], rounds: number): PlannedKill[] {
  let afterMs = 0;
  return Array.from({ length: rounds }, () => random.shuffled(roles))
    .flat()
    .map((role) => ({ role, afterMs: (afterMs += random.between(GAP_MS.from, GAP_MS.to)) }));
}

/** Kills processes as planned, with SIGKILL; the supervisor of `npm start` restarts them. */
export async function executePlan(plan: readonly PlannedKill[], shop: Shop, say: Say): Promise<Kill[]> {
  const since = Date.now();
  return Promise.all(
    plan.map(async ({ role, afterMs }) => {
      await sleep(afterMs);
      const pid = await pidOf(shop, role);
      const ordersOpen = await countOpen(shop);
      process.kill(pid, 'SIGKILL');
      const killedAt = Date.now();
      say(`  ${seconds(killedAt - since).padStart(5)}  SIGKILL ${role.padEnd(20)} ${ordersOpen} orders open`);
      await pidOf(shop, role, pid);
      return { role, ordersOpen, backAfterMs: Date.now() - killedAt };
    }),
  );
}

const UP_WITHIN_MS = 60_000;

/** The process id of a role that is up, as soon as it differs from `before`. */
async function pidOf({ local }: Shop, role: string, before?: number): Promise<number> {
  const pid = await eventually(() => {
    const found = local.rolePids()[role];
    return Promise.resolve(found === before ? undefined : found);
  }, UP_WITHIN_MS);
  if (pid === undefined) throw new Error(`${role} was not up within ${seconds(UP_WITHIN_MS)}`);
  return pid;
}

async function countOpen({ database }: Shop): Promise<number> {
  const [row] = await database.query<{ open: string }>(
    "select count(*) as open from orders.orders where state in ('placing', 'confirmed')",
  );
  return Number(row?.open);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
