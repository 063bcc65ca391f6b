// Orders for the shop in the containers, and what must be true of them in the end.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until';
import type { Project } from './project';

const EXAMPLE = path.resolve(__dirname, '../../../docs/examples/order-submitted.json');
const EXAMPLE_ID = 'my-first-order';
/** The carrier of the sandbox refuses it: the order is compensated. */
const REFUSED_POSTAL_CODE = '00000';
/** The carrier refuses each order whose number is a multiple of this. */
const REFUSED = 5;
/** One a second leaves room for the containers on two cores. */
const EACH_MS = 1_000;
const POST_WITHIN_MS = 5_000;
/** The gateway may be away for as long as it takes to make its container again. */
const RETRY_MS = 500;
/** A look is a process in a container: many of them would take the time that the orders need. */
const LOOK_MS = 1_000;
const LOOK_AT_ALL_MS = 5_000;
const ENDED_WITHIN_MS = 600_000;

export interface Traffic {
  /** The ids that the gateway has accepted. */
  readonly accepted: readonly string[];
  /** The longest time that an order had to be sent again, in seconds. */
  readonly longestWait: () => number;
  /** Sends no more; resolves when the last one is accepted. */
  stop(): Promise<void>;
}

export function stateOf(id: string): string {
  return id.startsWith('refused-') ? 'compensated' : 'completed';
}

/** Sends the order of the README under this id, until the gateway has accepted it. @returns the seconds that it took */
export async function submit({ ports }: Project, id: string): Promise<number> {
  const since = performance.now();
  let text = (await readFile(EXAMPLE, 'utf8')).replaceAll(EXAMPLE_ID, id);
  if (stateOf(id) === 'compensated') text = text.replace('"SW1Y"', `"${REFUSED_POSTAL_CODE}"`);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${ports.GATEWAY_PORT}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: text,
      signal: AbortSignal.timeout(POST_WITHIN_MS),
    }).catch(() => undefined);
    if (answer?.ok === true) return (performance.now() - since) / 1_000;
    if (answer !== undefined && answer.status < 500 && answer.status !== 429)
      throw new Error(`the gateway answers ${answer.status}: ${await answer.text()}`);
    await sleep(RETRY_MS);
  }
}

/** Orders at a steady pace, until it is stopped. */
export function startTraffic(project: Project, name: string): Traffic {
  const accepted: string[] = [];
  const sent: Promise<void>[] = [];
  let longest = 0;
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    const id = `${count % REFUSED === 0 ? 'refused' : 'order'}-${name}-${count}`;
    sent.push(
      submit(project, id).then((seconds) => {
        accepted.push(id);
        longest = Math.max(longest, seconds);
      }),
    );
  }, EACH_MS);
  return {
    accepted,
    longestWait: () => longest,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(sent);
    },
  };
}

/** Waits until none of the orders is open. */
export async function untilEnded({ sql }: Project, ids: readonly string[]): Promise<void> {
  await until(
    'every order ends',
    async () => {
      const [ended = '0'] = await sql(
        "select count(*) from orders.orders where state not in ('placing', 'confirmed')",
      );
      const [open = '0'] = await sql('select count(*) from sagaline.outbox where published_at is null');
      if (Number(ended) >= ids.length && open === '0') return true;
      await sleep(LOOK_AT_ALL_MS);
      return false;
    },
    ENDED_WITHIN_MS,
  );
}

/** Waits until this order is completed. @throws Error when it is compensated */
export async function untilCompleted({ sql }: Project, id: string): Promise<void> {
  await until(
    `${id} is completed`,
    async () => {
      const [state] = await sql(`select state from orders.orders where order_id = '${id}'`);
      if (state === 'compensated') throw new Error(`${id} is compensated`);
      if (state === 'completed') return true;
      await sleep(LOOK_MS);
      return false;
    },
    ENDED_WITHIN_MS,
  );
}

/** What does not hold of all orders: each ended once, as it had to; stock and money add up, with the provider's books too. */
export async function problemsOf(project: Project, ids: readonly string[]): Promise<string[]> {
  const { sql } = project;
  const problems: string[] = [];
  const states = new Map((await sql('select order_id, state from orders.orders')).map(pair));
  for (const id of ids)
    if (states.get(id) !== stateOf(id))
      problems.push(`${id} is ${states.get(id) ?? 'unknown'}, should be ${stateOf(id)}`);
  if (states.size !== ids.length)
    problems.push(`${states.size} orders are known, ${ids.length} were accepted`);
  const told = new Map(
    (await sql('select order_id, count(*) from notifications.messages group by 1')).map(pair),
  );
  for (const id of ids)
    if (told.get(id) !== '1') problems.push(`${id} was told ${told.get(id) ?? '0'} times`);
  const mustBeZero = {
    'pieces are still reserved': 'select coalesce(sum(reserved), 0) from inventory.stock',
    'pieces have left that no completed order has': `select sum(s.shipped) - 2 * (select count(*) from orders.orders where state = 'completed') from inventory.stock s`,
    'cents were taken that no completed order owes': `select sum(captured - refunded) - (select sum(amount) from orders.orders where state = 'completed') from payments.payments`,
  };
  for (const [what, query] of Object.entries(mustBeZero)) {
    const [count = ''] = await sql(query);
    if (count !== '0') problems.push(`${count} ${what}`);
  }
  const [taken = ''] = await sql('select sum(captured - refunded) from payments.payments');
  const atProvider = await takenAtProvider(project);
  if (String(atProvider) !== taken)
    problems.push(`the provider has taken ${atProvider}, our books say ${taken}`);
  const reconciled = await project.sagaline('reconcile');
  if (reconciled.code !== 0) problems.push(`reconcile: ${reconciled.said}`);
  const dead = await project.sagaline('dead-letters', 'list', '--output', 'json');
  if (dead.code !== 0 || dead.said.includes('"sequence"')) problems.push(`dead letters: ${dead.said}`);
  return problems;
}

/** Minor units that the provider sandbox holds. */
async function takenAtProvider({ ports, settings }: Project): Promise<number> {
  interface Page {
    readonly data: readonly {
      readonly id: string;
      readonly amount_captured: number;
      readonly amount_refunded: number;
    }[];
    readonly has_more: boolean;
  }
  let sum = 0;
  for (let after = ''; ;) {
    const url = new URL(
      `http://127.0.0.1:${ports.SANDBOX_PORT}/payment-provider/v1/payments?updated_since=0`,
    );
    if (after !== '') url.searchParams.set('starting_after', after);
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${settings['PROVIDER_PAYMENT_PROVIDER_API_KEY'] ?? ''}` },
    });
    const { data, has_more } = (await answer.json()) as Page;
    for (const { amount_captured, amount_refunded } of data) sum += amount_captured - amount_refunded;
    if (!has_more) return sum;
    after = data.at(-1)?.id ?? '';
  }
}

function pair(line: string): [string, string] {
  const [first = '', second = ''] = line.split('|');
  return [first, second];
}
