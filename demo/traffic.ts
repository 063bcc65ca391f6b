import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/dev/random';
import type { OutgoingEvent } from '../src/contracts';
import type { CaseResult, DemoCase } from './case';
import { attempt, outcome } from './case';
import { persistently } from './eventually';
import { newOrderId, orderOf, submissionOf } from './orders';
import type { PlainOrder } from './plain-orders';
import { plainOrders } from './plain-orders';
import type { Shop } from './shop';

/** Customers who keep ordering during the kills: orders of all plain kinds, through the HTTP endpoint, at random moments. */
export function traffic(random: Random, { orders, overMs }: { orders: number; overMs: number }): DemoCase {
  const plan = Array.from({ length: orders }, () => ({
    plain: random.pick(plainOrders),
    afterMs: random.between(0, overMs),
  }));
  return {
    name: 'traffic',
    run: async (shop) => sum(await Promise.all(plan.map((one) => oneOrder(shop, one)))),
  };
}

interface Followed {
  readonly orderId: string;
  readonly result: CaseResult;
}

async function oneOrder(
  shop: Shop,
  { plain, afterMs }: { plain: PlainOrder; afterMs: number },
): Promise<Followed> {
  await sleep(afterMs);
  const orderId = newOrderId(`traffic-${plain.name}`);
  const result = await attempt(async () => {
    await publishOverHttp(shop, submissionOf(orderOf(orderId, plain.changes)));
    return outcome(shop, orderId, plain.expected);
  });
  return { orderId, result };
}

/** The header with a token of the stack, if it asks for tokens. */
export function authorization({ secured }: Shop['local'], name: string): Record<string, string> {
  return secured ? { authorization: `Bearer ${secured.tokens[name] ?? ''}` } : {};
}

/** After this time without an answer the request is sent again. */
const ANSWER_WITHIN_MS = 20_000;

/** Publishes as a web shop does: it repeats the same event until the answer confirms that the event is in the stream. */
export async function publishOverHttp({ local }: Shop, { body }: OutgoingEvent): Promise<void> {
  await persistently(async () => {
    const answer = await fetch(`${local.gatewayUrl}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json', ...authorization(local, 'publisher') },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const said = await answer.text();
    if (answer.status !== 202) throw new Error(`the gateway answers ${answer.status}: ${said}`);
  });
}

function sum(all: readonly Followed[]): CaseResult {
  const ok = all.filter(({ result }) => result.problems.length === 0);
  const first = all[0]?.result;
  return {
    workflowId: first?.workflowId ?? '',
    link: first?.link ?? '',
    expected: `${all.length} of ${all.length} as they should`,
    actual: `${ok.length} of ${all.length} as they should`,
    compensations: [],
    effects: [],
    problems: all.flatMap(({ orderId, result }) =>
      result.problems.map((problem) => `${orderId}: ${problem}`),
    ),
  };
}
