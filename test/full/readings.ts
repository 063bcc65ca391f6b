/**
 * A hot stream into PostgreSQL by a batch subscription of two members, of which one is killed in the middle and replaced: 5,500
 * readings a second. Held: at least 5,000 a second are applied in every full minute, each once, and the memory of a member does
 * not grow. `npm run test:full -- readings [seconds] [readings a second]`
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, cpuSecondsOfFamily, residentMiB } from '../../bench/proc';
import { say } from '../../demo/command-line';
import { connectNats, provisionConsumers, provisionStreams } from '../../src/adapters/nats';
import { forgetOldEvents } from '../../src/adapters/nats/streams/janitor';
import { connectDatabase } from '../../src/adapters/postgres';
import { migrate } from '../../src/adapters/postgres/migrate';
import { createCatalogue } from '../../src/contracts';
import type { Stack } from '../../src/dev/stack';
import { migrationsOf } from '../../src/runtime/migrations';
import { sharedGroups } from '../../src/subscriptions';
import { silentLog } from '../support/log';
import { numberGiven } from './number';
import { devices } from './readings/contract';
import { withStack } from './stack';

const SECONDS = 300;
/** A tenth more than what must be reached, so that the backlog of the kill is made up for. */
const RATE = 5_500;
const TARGET = 5_000;
const STREAM_BYTES = 1024 ** 3;
/** The stream is kept short, as the bridge's task does it once an hour. */
const FORGET_EVERY_MS = 10_000;
const KEPT_MS = 20_000;
/** After the last reading is published. */
const DRAIN_MS = 60_000;
/** A member's memory may grow by this from its first full interval to its last one. */
const GROWTH_MIB = 64;

interface Member {
  readonly name: string;
  readonly child: ChildProcess;
}

async function main(seconds: number, rate: number): Promise<void> {
  await withStack({ temporalAddress: 'not.started:1' }, (stack) => run(stack, seconds, rate));
}

async function run({ natsUrl, databaseUrl, pids }: Stack, seconds: number, rate: number): Promise<void> {
  const children: ChildProcess[] = [];
  try {
    await migrate(databaseUrl, migrationsOf({ root: '' }), silentLog);
    const database = connectDatabase({ url: databaseUrl, poolSize: 3, name: 'readings', log: silentLog });
    await database.query(
      'create table public.readings (device text, number bigint, celsius float8, taken_at timestamptz)',
    );
    const connection = await connectNats({ url: natsUrl, name: 'readings', log: silentLog });
    const groups = sharedGroups(createCatalogue([devices]));
    await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
    await provisionConsumers(connection, groups, { replicas: 1, patience: (work) => work() });

    const start = (script: string, ...given: string[]) => {
      const child = fork(path.join(__dirname, 'readings', script), given, {
        execArgv: ['--conditions=sagaline-source', '--import', 'tsx'],
      });
      children.push(child);
      return child;
    };
    const startMember = async (name: string): Promise<Member> => {
      const child = start('member.ts', name, natsUrl, databaseUrl);
      await once(child, 'message');
      return { name, child };
    };
    const members = await Promise.all(['one', 'other'].map(startMember));
    let published = 0;
    const publisher = start('publisher.ts', natsUrl, String(rate), String(seconds));
    publisher.on('message', (count) => (published = Number(count)));
    const isPublished = once(publisher, 'exit');

    const everyMs = Math.min(60_000, (seconds * 1_000) / 4);
    const began = performance.now();
    const rates: number[] = [];
    const memory = new Map<string, number[]>();
    let before = 0;
    let forgetting = Promise.resolve();
    const forget = setInterval(() => {
      forgetting = forgetOldEvents(connection, { retentionMs: KEPT_MS, log: silentLog }).then(
        () => undefined,
        (error: unknown) => say(`not forgotten: ${String(error)}`),
      );
    }, FORGET_EVERY_MS);
    say(`${rate} readings a second for ${seconds} s, two members; figures every ${everyMs / 1_000} s.`);
    for (let turn = 1; turn * everyMs <= seconds * 1_000; turn++) {
      await sleep(began + turn * everyMs - performance.now());
      const since = performance.now() - began - (turn - 1) * everyMs;
      const applied = await countOf('count(*)');
      rates.push(((applied - before) / since) * 1_000);
      before = applied;
      const living = members.filter(({ child }) => child.exitCode === null && child.signalCode === null);
      for (const { name, child } of living)
        memory.set(name, [...(memory.get(name) ?? []), residentMiB(child.pid ?? 0)]);
      const told = living.map(({ name }) => `${name} ${Math.round(memory.get(name)?.at(-1) ?? 0)} MiB`);
      const waiting = published - applied;
      say(`  ${turn}: ${Math.round(rates.at(-1) ?? 0)} a second; ${waiting} wait; ${told.join(', ')}`);
      if (turn === Math.floor((seconds * 1_000) / everyMs / 2)) {
        members[0]?.child.kill('SIGKILL');
        members.push(await startMember('third'));
        say('  killed: one; started: third');
      }
    }
    await isPublished;
    const total = rate * seconds;
    const deadline = performance.now() + DRAIN_MS;
    while ((await countOf('count(*)')) < total && performance.now() < deadline) await sleep(250);
    const tookS = (performance.now() - began) / 1_000;
    clearInterval(forget);
    await forgetting;
    const [applied, distinct] = [await countOf('count(*)'), await countOf('count(distinct number)')];
    const cpu = (pid: number | undefined) => (pid === undefined ? 0 : cpuSeconds(pid));
    const growth = [...memory].map(([name, [first = 0, ...more]]) => ({
      name,
      mib: (more.at(-1) ?? first) - first,
    }));
    say(
      `Applied ${applied} of ${total} in ${tookS.toFixed(1)} s: lost ${total - distinct}, doubled ${applied - distinct}.`,
    );
    say(
      `Processor time: NATS ${cpu(pids['nats']).toFixed(0)} s, PostgreSQL ${cpuSecondsOfFamily(pids['postgres'] ?? 0).toFixed(0)} s, ` +
        `${members
          .slice(1)
          .map(({ name, child }) => `${name} ${cpu(child.pid).toFixed(0)} s`)
          .join(', ')}.`,
    );
    say(`Growth of memory: ${growth.map(({ name, mib }) => `${name} ${mib.toFixed(0)} MiB`).join(', ')}.`);
    const held =
      applied === total &&
      distinct === total &&
      total / tookS >= TARGET &&
      growth.every(({ mib }) => mib <= GROWTH_MIB);
    say(
      `Mean ${Math.round(total / tookS)} a second, least of an interval ${Math.round(Math.min(...rates))}.`,
    );
    if (!held) process.exitCode = 1;
    await connection.close();
    await database.end();

    async function countOf(what: string): Promise<number> {
      const [row] = await database.query<{ count: string }>(`select ${what} as count from public.readings`);
      return Number(row?.count);
    }
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  }
}

void main(numberGiven('seconds', SECONDS), numberGiven('readings a second', RATE, 1));
