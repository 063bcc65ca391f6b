// One round: backups at different moments, everything lost, restored, and made to agree again.
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBooks, NOTHING } from '../../../demo/books';
import type { Shop } from '../../../demo/shop';
import { paymentsAtProvider } from '../../../demo/shop';
import { connectNats, natsRole } from '../../../src/adapters/nats';
import { connectDatabase } from '../../../src/adapters/postgres';
import { createTemporalClient, findSaga } from '../../../src/adapters/temporal';
import type { Config } from '../../../src/config';
import { temporalSettings } from '../../../src/runtime/settings';
import { silentLog } from '../../support/log';
import { table } from '../../../src/cli/table';
import { until } from '../../support/until';
import type { Census } from './census';
import { contradictions, takeCensus } from './census';
import { sagaline } from './cli';
import { startLoad } from './load';
import type { Servers, Store } from './servers';
import { STORES } from './servers';
import { judge } from './verdict';

interface OpenShop {
  readonly shop: Shop;
  readonly close: () => Promise<void>;
}

interface RoundOptions {
  readonly servers: Servers;
  readonly settings: Readonly<Record<string, string>>;
  readonly open: () => Promise<OpenShop>;
  readonly shop: OpenShop;
  readonly number: number;
  readonly order: readonly Store[];
  readonly log: (line: string) => void;
}

/** Between two backups, and before and after them. */
const APART_MS = 8_000;
/** All clocks are one: the margin only covers the time between a call and its record. */
const MARGIN = '1s';
const SETTLED_WITHIN_MS = 240_000;
const GRACE_MS = 2_000;

export async function playRound(options: RoundOptions): Promise<{ shop: OpenShop; problems: string[] }> {
  const { servers, settings, number, order, log } = options;
  log(`\nRound ${number}: ${order.join(', then ')}`);
  const load = startLoad(options.shop.shop, number);
  const begun = await backedUp(options).finally(() => load.stop());
  const payments = await paymentsAtProvider(options.shop.shop);
  const before = await takeCensus(options.shop.shop, payments);
  const lostAt = Date.now();
  await servers.loseAll();
  await options.shop.close();
  log(`all is lost: ${load.orders.length} orders were confirmed, ${before.done.size} steps done`);

  const took: [string, number][] = [];
  const timed = async <Result>(what: string, act: () => Promise<Result>): Promise<Result> => {
    const since = Date.now();
    const result = await act();
    took.push([what, Date.now() - since]);
    return result;
  };
  for (const store of STORES) await timed(`restore ${store}`, () => servers.restore(store));

  const restored = await withStores(options.shop.shop.local.config, (stores) => takeCensus(stores, payments));
  const moments = STORES.flatMap((store) => [`--${store}`, begun.get(store)?.toISOString() ?? '']);
  const recover = ['recover', ...moments, '--margin', MARGIN, '--why', 'the drill'];
  const recovery = await timed('recover', () => sagaline(settings, recover));
  const problems = recovery.code === 0 ? [] : [`recover ended with ${recovery.code}: ${recovery.error}`];
  log(`recover: ${JSON.stringify(recovery.json)}`);

  const shop = await timed('start of all processes', options.open);
  await timed('until every workflow had ended', () => settled(shop.shop));
  await sleep(GRACE_MS);
  const recovered = await takeCensus(shop.shop, await paymentsAtProvider(shop.shop));
  const found = await sagaline(settings, ['reconcile']);
  const { findings } = found.json as ReconcileAnswer;
  const named = new Set(findings.map(({ key }) => key));
  const unnamed = [...recovered.payments].filter(
    ([id, of]) => !recovered.knownPayments.has(id) && !named.has(of),
  );
  problems.push(...unnamed.map(([id]) => `reconcile does not name ${id}, which our books lack`));
  log(
    `reconcile names ${named.size} orders: ${inNumbers(findings.map(({ kind, repair }) => `${kind}, ${repair}`))}`,
  );
  const unknown = load.orders.filter(({ orderId }) => !recovered.orders.has(orderId));
  for (const { event } of load.orders) await shop.shop.publish(event);
  await settled(shop.shop);
  await sleep(GRACE_MS);
  const repaired = await sagaline(settings, ['reconcile', '--repair']);
  const { repairs = [] } = repaired.json as ReconcileAnswer;
  log(`reconcile --repair: ${inNumbers(repairs.map(({ state }) => state))}`);
  const clean = await sagaline(settings, ['reconcile']);
  if (clean.code !== 0) problems.push(`reconcile still finds: ${JSON.stringify(clean.json)}`);
  const after = await takeCensus(shop.shop, await paymentsAtProvider(shop.shop));
  const verdict = await judge(shop.shop, { orders: load.orders, before, after });
  const books = await checkBooks(shop.shop, NOTHING);

  log(differences({ restored, recovered, after }));
  log(
    `confirmed orders that no restored store had: ${unknown.length} of ${load.orders.length}; the publisher sent them again`,
  );
  const windows = STORES.map((store) => `${store} ${seconds(lostAt - (begun.get(store)?.getTime() ?? 0))}`);
  log(`RPO, from each backup to the loss: ${windows.join(', ')}`);
  log(`RTO: ${took.map(([what, ms]) => `${what} ${seconds(ms)}`).join(', ')}`);
  for (const line of books.lines) log(line);
  log(
    `steps done before the loss: ${before.done.size}, of them lost ${verdict.lost.length}; doubled at a provider ${verdict.doubled.length}; compensated orders that ended as rejected ${verdict.endedOtherwise.length}`,
  );
  problems.push(
    ...verdict.lost.slice(0, 5).map((key) => `lost: ${key}`),
    ...verdict.doubled,
    ...verdict.problems,
    ...books.problems.filter((problem) => !REPEATED.test(problem)),
    ...(after.missingInStream > 0 ? [`${after.missingInStream} events of the outbox are in no stream`] : []),
  );
  return { shop, problems };
}

/** Backs up one store after the other, while orders come in. Resolves when all is done, and some time has passed. */
async function backedUp({ servers, order, log }: RoundOptions): Promise<ReadonlyMap<Store, Date>> {
  const begun = new Map<Store, Date>();
  for (const store of order) {
    await sleep(APART_MS);
    const at = await servers.backup(store);
    begun.set(store, at);
    log(`${store} backed up in ${seconds(Date.now() - at.getTime())}`);
  }
  await sleep(APART_MS);
  return begun;
}

/** The stores, before any process of ours works with them. */
async function withStores<Result>(
  config: Config,
  act: (stores: Pick<Shop, 'nats' | 'temporal' | 'database'>) => Promise<Result>,
): Promise<Result> {
  const nats = await connectNats({ ...config.nats, ...natsRole('operator'), name: 'drill', log: silentLog });
  const temporal = createTemporalClient(temporalSettings(config, {}));
  const database = connectDatabase({ url: config.DATABASE_URL, poolSize: 1, name: 'drill', log: silentLog });
  try {
    return await act({ nats, temporal, database });
  } finally {
    await nats.close();
    await temporal.connection.close();
    await database.end();
  }
}

/** What `sagaline reconcile -o json` says, as far as the drill reads it. */
interface ReconcileAnswer {
  readonly findings: readonly { readonly key: string; readonly kind: string; readonly repair: string }[];
  readonly repairs?: readonly { readonly state: string }[];
}

function inNumbers(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join('; ') || 'nothing';
}

/** Waits until no order's workflow is open, for as long as Temporal's list may lag, and whatever it has that Temporal has not. */
async function settled({ temporal }: Shop): Promise<void> {
  const query = 'WorkflowType = "order" AND ExecutionStatus = "Running"';
  const isOpen = async (workflowId: string) =>
    (await findSaga(temporal, workflowId))?.saga.status === 'RUNNING';
  let quiet = 0;
  await until(
    'every order has ended',
    async () => {
      let open = 0;
      for await (const { workflowId } of temporal.workflow.list({ query }))
        if (await isOpen(workflowId)) open += 1;
      quiet = open === 0 ? quiet + 1 : 0;
      await sleep(LOOK_MS);
      return quiet >= QUIET_LOOKS;
    },
    SETTLED_WITHIN_MS,
  ).catch(() => undefined);
}

/**
 * Counted and told, and no problem: an event that is published again after the duplicate window is in the stream twice, and consumers
 * drop it; an event of an order that had ended, whose saga Temporal has lost, is late.
 */
const REPEATED = /^(notification|dead letters): /;

const LOOK_MS = 1_000;
const QUIET_LOOKS = 5;

function differences(stages: Readonly<Record<'restored' | 'recovered' | 'after', Census>>): string {
  const columns = [stages.restored, stages.recovered, stages.after].map(contradictions);
  const rows = Object.keys(columns[0] ?? {}).map((kind) => [
    kind,
    ...columns.map((column) => String(column[kind])),
  ]);
  return table(['stores that contradict each other', 'restored', 'recovered', 'at the end'], rows);
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
