// What a kill left behind: in the times of the orders, in the logs of our processes, in the counters of the other node.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Shop } from '../../../demo/shop';
import type { CompletedOrder } from './flow';
import type { PageReport } from './ui-watch';

/** How the orders of a round went, in sentences. */
export function ordersText(orders: readonly CompletedOrder[], killedAt: number): string[] {
  const completions = orders.map(({ closedAt }) => closedAt).sort((a, b) => a - b);
  const gaps = completions.slice(1).map((to, index) => ({ to, ms: to - (completions[index] ?? to) }));
  const longest = (some: typeof gaps) => seconds(Math.max(0, ...some.map(({ ms }) => ms)));
  const took = (some: readonly CompletedOrder[]) => some.map((order) => order.closedAt - order.submittedAt);
  const before = orders.filter(({ closedAt }) => closedAt <= killedAt);
  const disturbed = orders.filter(({ closedAt }) => closedAt > killedAt);
  const sum = (count: (order: CompletedOrder) => number) => orders.reduce((total, o) => total + count(o), 0);
  const good = orders.filter(({ problems }) => problems.length === 0).length;
  return [
    `completed, once each: ${good} of ${orders.length}; ` +
      `${orders.filter(({ submittedAt, closedAt }) => submittedAt <= killedAt && closedAt > killedAt).length} were ` +
      `under way at the kill`,
    `longest time without a completed order: ${longest(gaps.filter(({ to }) => to <= killedAt))} before the kill, ` +
      `${longest(gaps.filter(({ to }) => to > killedAt))} from then on`,
    `from submission to the end (median, slowest): ${spread(took(before))} before the kill, ` +
      `${spread(took(disturbed))} from then on`,
    `handed out again: ${sum((order) => order.repeatedTasks)} workflow tasks, ` +
      `${sum((order) => order.repeatedActivities)} activities`,
    `an order before the kill took ${median(before.map(({ cost }) => cost.workflowTasks))} workflow tasks and ` +
      `${median(before.map(({ cost }) => cost.historyEvents))} history events (median)`,
  ];
}

export function pageText({ looks, failures, longestWithoutMs }: PageReport): string {
  const failed = Object.entries(failures).map(([text, count]) => `${count} × "${text}"`);
  if (failed.length === 0) return `shown at each of ${looks} looks`;
  return `${looks} looks, of which ${failed.join(', ')}; longest without a page ${seconds(longestWithoutMs)}`;
}

/** How often our processes have warned or failed so far, by process and message. */
export async function complaints({ local }: Shop): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const file of await readdir(local.logFolder)) {
    const text = await readFile(path.join(local.logFolder, file), 'utf8');
    for (const [, level = '', message = ''] of text.matchAll(COMPLAINT)) {
      const entry = `${path.basename(file, '.log')}: ${level} ${message}`;
      counts.set(entry, (counts.get(entry) ?? 0) + 1);
    }
  }
  return counts;
}

/** A line as pino-pretty prints it; colours may stand between level and message. */
// eslint-disable-next-line no-control-regex -- the colours' escape sequences
const COMPLAINT = /(WARN|ERROR)(?:\u001b\[\d+m)?(?: \([^)]*\))?: (?:\u001b\[\d+m)?([^\u001b\n]{1,90})/g;

export function added(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after]
    .map(([entry, count]) => ({ entry, more: count - (before.get(entry) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ entry, more }) => `${more} × ${entry}`);
}

/** Calls between the services of a cluster that failed, by cause, from a node's counters. */
export function failedCalls(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, labels = '', count = ''] of metrics.matchAll(/^client_errors\{([^}]*)\} (\S+)$/gm)) {
    const cause = /error_type="serviceerror_([^"]*)"/.exec(labels)?.[1] ?? 'other';
    counts.set(cause, (counts.get(cause) ?? 0) + Number(count));
  }
  return counts;
}

function spread(ms: readonly number[]): string {
  return ms.length === 0 ? 'none' : `${seconds(median(ms))}, ${seconds(Math.max(...ms))}`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
