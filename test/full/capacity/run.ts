/**
 * `npm run test:full -- capacity`: measures two kinds of jobs while a pool has little to do, predicts the most jobs a second that
 * the pool takes, fills the pool, and compares. The goal: predicted within 15 % of measured.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { say } from '../../../demo/command-line';
import { createTemporalClient, measureRuns } from '../../../src/adapters/temporal';
import { capacityOf, kindsOf } from '../../../src/capacity';
import { startTestServers } from '../../../src/testing';
import { activities } from './activities';

/** Steps that the pool runs at once. */
const SLOTS = 4;
/** Two kinds of jobs: their shares, and the milliseconds of their steps. */
const KINDS = [
  { event: 'short', share: 0.7, stepsMs: [200, 300] },
  { event: 'long', share: 0.3, stepsMs: [400, 900] },
] as const;
const QUEUE = 'capacity-work';
const WORKFLOWS = 'capacity-jobs';
const CALM_JOBS = 16;
const OPEN_AT_ONCE = 6 * SLOTS;
const LIMIT = 0.15;

async function main(jobs: number): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const servers = await startTestServers({ only: ['temporal'] });
  const client = createTemporalClient({ address: servers.temporalAddress, namespace: 'default' });
  const connection = await NativeConnection.connect({ address: servers.temporalAddress });
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue: WORKFLOWS, workflowsPath: require.resolve('./workflow') }),
    Worker.create({ connection, taskQueue: QUEUE, activities, maxConcurrentActivityTaskExecutions: SLOTS }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    await calm(client);
    const [predicted, service] = await prediction(client);
    const measured = await saturated(client, jobs);
    const error = Math.abs(predicted - measured) / measured;
    say(
      `  ${SLOTS} slots, ${service.toFixed(3)} s of work a job, measured in ${CALM_JOBS} jobs without queueing`,
    );
    say(`  predicted ${predicted.toFixed(2)} jobs/s`);
    say(`  measured  ${measured.toFixed(2)} jobs/s at the limit, over the middle of ${jobs} jobs`);
    say(`  apart     ${(error * 100).toFixed(1)} %; the goal is ${LIMIT * 100} %`);
    if (error > LIMIT) process.exitCode = 1;
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
    await client.connection.close();
    await servers.stop();
  }
}

/** One job after the other, so that none waits for a slot. */
async function calm(client: Client): Promise<void> {
  for (let count = 0; count < CALM_JOBS; count++) {
    const kind = KINDS[count % KINDS.length] ?? KINDS[0];
    await client.workflow.execute('job', job(`calm-${kind.event}-${count}`, kind.stepsMs));
  }
}

async function prediction(client: Client): Promise<[perSecond: number, seconds: number]> {
  const all = await untilListed(client);
  // The histories of both kinds are of one type of workflow: their steps tell them apart.
  const kinds = KINDS.flatMap(({ event, share, stepsMs }) => {
    const [first] = stepsMs;
    const runs = all
      .filter(({ steps }) => Math.abs((steps[0]?.ran ?? 0) * 1_000 - first) < first / 3)
      .map((run) => ({ ...run, workflow: event }));
    return kindsOf([{ event, workflow: event, perSecond: share }], runs, (queue) =>
      queue === QUEUE ? 'work' : undefined,
    );
  });
  const pools = [{ pool: 'work', workers: 1, slotsOfWorker: SLOTS }];
  const { most } = capacityOf({ kinds, pools, bus: undefined, eventsForEach: 1 });
  return [most, SLOTS / most];
}

/** Temporal's list of closed workflows may be some moments behind. */
async function untilListed(client: Client): ReturnType<typeof measureRuns> {
  for (;;) {
    const runs = await measureRuns(client, { workflows: ['job'], most: CALM_JOBS });
    if (runs.length === CALM_JOBS) return runs;
    await sleep(200);
  }
}

/**
 * Keeps the slots taken: more jobs than slots are open at any time, and the next one begins when one ends. (If all began at once, the
 * first steps of all would run before the second of any, and the ends would tell the pace of second steps.) Counts the ends in the
 * middle.
 */
async function saturated(client: Client, jobs: number): Promise<number> {
  // The kinds in their shares, in a random order.
  const queue = KINDS.flatMap((kind) => Array.from({ length: Math.round(jobs * kind.share) }, () => kind));
  const order = queue
    .map((kind) => ({ kind, at: randomInt(1 << 30) }))
    .sort((one, other) => one.at - other.at);
  const ends: number[] = [];
  const waiting = [...order.entries()];
  const oneAfterTheOther = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { kind }] = next;
      await client.workflow.execute('job', job(`full-${kind.event}-${index}`, kind.stepsMs));
      ends.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: OPEN_AT_ONCE }, oneAfterTheOther));
  const [from, to] = [Math.floor(ends.length * 0.2), Math.floor(ends.length * 0.8)];
  return ((to - from) * 1_000) / ((ends[to] ?? 0) - (ends[from] ?? 0));
}

function job(workflowId: string, stepsMs: readonly number[]) {
  return { taskQueue: WORKFLOWS, workflowId, args: [stepsMs] };
}

void main(Number(process.argv[2] ?? 200));
