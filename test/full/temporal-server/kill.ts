// Orders flow, one of two nodes is killed in the middle; it comes back, and the other one is killed.
import { checkBooks, NOTHING } from '../../../demo/books';
import type { Shop } from '../../../demo/shop';
import { workflowIdOf } from '../../../src/contracts';
import { order as orderProcess } from '../../../domains/shop/workflows';
import { added, complaints, failedCalls, ordersText, pageText } from './aftermath';
import type { Cluster, Node } from './cluster';
import { NAMESPACE } from './cluster';
import { followAll, submitSteadily } from './flow';
import { watchUi } from './ui-watch';

type Say = (line: string) => void;
interface Stage {
  readonly cluster: Cluster;
  readonly shop: Shop;
}

const ORDERS = 60;
/** Well below what two cores can do, so that a pause in the completions is the node's doing. */
const EVERY_MS = 1_000;
/** The pace is steady by then, and as many orders again are still to come. */
const KILL_AFTER = 25;
/** Some of these orders are under way at the kill, on either node. */
const PAGES = 8;
/** The first orders are slower: caches are empty, and the workers' code is new to the machine. */
const WARM_UP = 5;

/** @returns what is wrong; empty when every order completed, once, and the books hold */
export async function killNodesInTurn(stage: Stage, say: Say): Promise<string[]> {
  const { cluster, shop } = stage;
  say(`the Temporal UI, meanwhile: ${cluster.uiUrl}`);
  const warmUp = await submitSteadily(shop, { count: WARM_UP, everyMs: EVERY_MS }, () => undefined);
  await followAll(shop, warmUp);
  const problems: string[] = [];
  for (const node of cluster.nodes) problems.push(...(await killOne(stage, node, say)));
  const books = await checkBooks(shop, NOTHING);
  for (const line of books.lines) say(line);
  return [...problems, ...books.problems.map((problem) => `books: ${problem}`)];
}

async function killOne({ cluster, shop }: Stage, node: Node, say: Say): Promise<string[]> {
  say(`${ORDERS} orders, one every ${EVERY_MS} ms; ${node.name} is killed after the ${KILL_AFTER}th`);
  const others = cluster.nodes.filter((other) => other !== node);
  const callsFailed = async () =>
    failedCalls((await Promise.all(others.map((other) => other.metrics()))).join('\n'));
  const before = { complaints: await complaints(shop), calls: await callsFailed() };
  const ui = watchUi(cluster.uiUrl, NAMESPACE);

  let killedAt = NaN;
  const submitted = await submitSteadily(shop, { count: ORDERS, everyMs: EVERY_MS }, (orders) => {
    if (orders.length !== KILL_AFTER) return undefined;
    for (const { orderId } of orders.slice(-PAGES)) ui.lookAt(workflowIdOf(orderProcess, orderId));
    killedAt = Date.now();
    say(`${node.name} is killed`);
    return node.kill();
  });
  const orders = await followAll(shop, submitted);
  const seen = await ui.stop();

  for (const sentence of ordersText(orders, killedAt)) say(sentence);
  say(`the UI's list of workflows: ${pageText(seen.list)}`);
  say(`the UI's pages of the ${PAGES} orders before the kill: ${pageText(seen.workflowPages)}`);
  for (const line of added(before.calls, await callsFailed()))
    say(`calls within the cluster that failed: ${line}`);
  for (const line of added(before.complaints, await complaints(shop))) say(`logged: ${line}`);

  await node.start();
  say(`${node.name} is up again`);
  return orders.flatMap((order) => order.problems);
}
