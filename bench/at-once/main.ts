import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { newEvent, encodeEvent } from '../../src/contracts';
import { gatewayTransport } from '../../src/publisher/gateway';
import { orderSubmitted } from '../../domains/shop/events';
import { figure, inWords } from '../figures';
import { treeCpuSeconds } from '../peers/process-tree';
import type { BenchShop } from '../saga/shop';
import { openBenchShop, orderOfRun } from '../saga/shop';
import type { RunningTree } from './tree';
import { withTree } from './tree';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Submissions that one client has under way. */
const PUBLISHING = 32;
/** Orders before the measurement: after them every process is up, and its compiler is warm. */
const WARM_UP = 40;
const LOOK_MS = 100;
const ENDS_WITHIN_MS = 900_000;

interface Measured {
  readonly perSecond: number;
  /** Processor time of the stack's command, servers and processes, in milliseconds an order. */
  readonly cpuMs: number;
}

interface Options {
  readonly orders: string;
  readonly rounds: string;
  readonly against?: string;
}

/** `npm run bench:at-once`: many orders at once, through every process from the gateway to the relay. */
const command = new Command('bench:at-once')
  .description('Submits many orders at once to the whole local stack, and measures how fast they end.')
  .option('--orders <number>', 'submitted at once', '2000')
  .option('--rounds <number>', 'each on a stack of its own, with empty servers', '1')
  .option('--against <folder>', 'another checkout with its packages, which runs in turn with this one')
  .action(async ({ orders, rounds, against }: Options) => {
    const sides = [process.cwd(), ...(against === undefined ? [] : [against])];
    const measured = sides.map((): Measured[] => []);
    for (let n = 0; n < Number(rounds); n++) {
      // The sides take turns in going first.
      const order = n % 2 === 0 ? [...sides.keys()] : [...sides.keys()].reverse();
      for (const at of order) {
        // As in production; a checkout without the setting ignores it.
        const settings = { WORKFLOW_PROMISE_TRACES: 'off' };
        const one = await withTree(sides[at] ?? '', settings, (tree) => measure(tree, Number(orders)));
        say(`  ${nameOf(at)}: ${one.perSecond.toFixed(2)}/s at ${one.cpuMs.toFixed(0)} ms`);
        measured[at]?.push(one);
      }
    }
    const [ours = [], theirs = []] = measured;
    const [perSecond, cpuMs] = [(one: Measured) => one.perSecond, (one: Measured) => one.cpuMs];
    const all = measured.flatMap((rounds, at) => [
      figure(`at once: orders a second, ${nameOf(at)}`, '1/s', rounds.map(perSecond)),
      figure(`at once: processor time an order, all processes, ${nameOf(at)}`, 'ms', rounds.map(cpuMs)),
    ]);
    const ratio = (of: (one: Measured) => number) =>
      theirs.map((other, at) => of(ours[at] ?? other) / of(other));
    if (theirs.length > 0)
      all.push(
        figure('at once: orders a second, this ÷ other', '', ratio(perSecond), { atLeast: 1.6 }),
        figure('at once: processor time an order, this ÷ other', '', ratio(cpuMs)),
      );
    for (const each of all) say(inWords(each));
  });

const nameOf = (at: number) => (at === 0 ? 'this checkout' : 'the other checkout');

async function measure({ config, gateway, pid }: RunningTree, orders: number): Promise<Measured> {
  const shop = await openBenchShop({ config });
  try {
    const submit = submitter(gateway);
    await submit('warm-up', WARM_UP);
    await untilEnded(shop, 'warm-up', WARM_UP);
    const [cpu, since] = [treeCpuSeconds(pid), performance.now()];
    await Promise.all([submit('measured', orders), untilEnded(shop, 'measured', orders)]);
    const seconds = (performance.now() - since) / 1_000;
    return { perSecond: orders / seconds, cpuMs: ((treeCpuSeconds(pid) - cpu) * 1_000) / orders };
  } finally {
    await shop.close();
  }
}

function submitter(gateway: string): (run: string, orders: number) => Promise<void> {
  const { publish } = gatewayTransport({ gateway });
  return async (run, orders) => {
    let next = 0;
    const client = async () => {
      for (let number = next++; number < orders; number = next++) {
        const data = orderOfRun(run, number);
        const time = new Date().toISOString();
        const event = newEvent(orderSubmitted, { id: `submit-${data.orderId}`, time, data });
        await publish(encodeEvent(event, { source: '/bench/web-shop' }));
      }
    };
    await Promise.all(Array.from({ length: PUBLISHING }, client));
  };
}

async function untilEnded(shop: BenchShop, run: string, orders: number): Promise<void> {
  const until = Date.now() + ENDS_WITHIN_MS;
  for (let ended = 0; ended < orders; ended = await shop.ended(run)) {
    if (Date.now() > until) throw new Error(`${run}: only ${ended} of ${orders} orders have ended`);
    await sleep(LOOK_MS);
  }
}

void command.parseAsync();
