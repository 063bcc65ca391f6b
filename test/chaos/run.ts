/** One run: the plan, the orders and the faults at once, then quiet, then the verdict. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Say } from '../../demo/command-line';
import type { DoneFault } from './adversary';
import { attack } from './adversary';
import { allOrNone } from './all-or-none';
import { gather } from './evidence';
import type { Evidence } from './evidence/types';
import { generate } from './generator/generate';
import { kindOf } from './generator/kinds';
import type { Ledger } from './generator/ledger';
import { judge } from './invariants';
import { PROCESSES } from './names';
import { openPerson } from './person';
import type { RunOptions } from './plan';
import { planOf } from './plan';
import type { Outcome } from './report';
import { settle, untilUp } from './settle';
import { openStage } from './stage';

/** An outage or two, the longest deadlines of an order one after the other, and a busy machine. */
const SETTLED_WITHIN_MS = 240_000;

export async function run(
  options: RunOptions,
  { folder, secure, say, signal }: { folder: string; secure: boolean; say: Say; signal: AbortSignal },
): Promise<{ outcome: Outcome; evidence: Evidence } | undefined> {
  const plan = planOf(options);
  const began = performance.now();
  const at = () => `${Math.round((performance.now() - began) / 1_000)} s`;
  const log = (line: string) =>
    appendFileSync(path.join(folder, 'run.log'), `${new Date().toISOString()} ${line}\n`);
  const stage = await openStage(folder, { log, secure });
  try {
    say(`all is up after ${at()}; ${plan.orders.length} orders, ${plan.faults.length} faults are planned`);
    const [ledger, faults] = await allOrNone<[Ledger, DoneFault[]]>(signal, [
      (stopping) => generate(stage.shop, plan.orders, { signal: stopping }),
      (stopping) => attack(stage, plan.faults, { log: say, signal: stopping }),
    ]);
    say(`the adversary has stopped at ${at()}`);
    if (!(await untilUp(stage.shop, PROCESSES))) say('not all processes have come back');
    const kinds = new Map(plan.orders.map(({ orderId, kind }) => [orderId, kindOf(kind)]));
    const person = openPerson(stage.shop, (orderId) => kinds.get(orderId));
    const { lister } = stage;
    const left = await settle(stage.shop, { lister, person, withinMs: SETTLED_WITHIN_MS, log, signal });
    for (const [what, count] of Object.entries(left)) say(`not settled in time: ${count} ${what}`);
    if (signal.aborted) return undefined;
    say(`settled at ${at()}`);
    const evidence = await gather(stage.shop, { ledger, decided: person.decided });
    say(`everything is read at ${at()}`);
    return { outcome: { seed: options.seed, faults, ...judge(evidence) }, evidence };
  } finally {
    await stage.stop();
  }
}
