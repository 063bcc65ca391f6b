// Each server of the cluster is away for as long as orders need to end.
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until';
import type { Engine } from './engine';
import { tellState } from './cases';
import { problemsOf, startTraffic, submit, untilCompleted, untilEnded } from './orders';
import type { Project } from './project';

const SERVERS = ['nats', 'nats-2', 'nats-3', 'temporal', 'temporal-2'];
/** How a server goes away: a command of Docker Compose, and what it is like. */
const WAYS = { stop: 'stopped, as for an update', kill: 'killed with its address, as its machine would go' };
const REPLICAS = 3;
/** A look is two processes. */
const LOOK_MS = 500;
const WELL_WITHIN_MS = 120_000;

export async function runClusterCases(
  project: Project,
  _: Engine,
  say: (line: string) => void,
): Promise<string[]> {
  try {
    say(`up --wait: ${(await project.up()).toFixed(0)} s, with new volumes`);
    const problems = await replicaProblems(project, say);
    const ids: string[] = [];
    const flowing = startTraffic(project, 'flowing');
    for (const [way, asIf] of Object.entries(WAYS)) {
      say(`${asIf}:`);
      for (const server of SERVERS) {
        await project.must([way, server]);
        const id = `${way}-${server}`;
        const accepted = await submit(project, id);
        const ended = await secondsOf(() => untilCompleted(project, id));
        ids.push(id);
        const again = await secondsOf(() => startAgain(project, server));
        say(
          `  ${server.padEnd(12)} an order is accepted after ${accepted.toFixed(1)} s, and completed ${ended.toFixed(1)} s later; ` +
            `the server is well ${again.toFixed(1)} s after its start`,
        );
      }
    }
    await flowing.stop();
    ids.push(...flowing.accepted);
    await untilEnded(project, ids);
    problems.push(...(await problemsOf(project, ids)));
    say(
      `${ids.length} orders were accepted, the longest after ${flowing.longestWait().toFixed(1)} s` +
        (problems.length === 0 ? '; each has ended once' : ''),
    );
    return problems;
  } catch (error) {
    await tellState(project, say);
    throw error;
  }
}

/** Waits until its health check holds: for NATS, until its streams have caught up. */
async function startAgain(project: Project, server: string): Promise<void> {
  await project.must(['start', server]);
  await until(
    `${server} is well again`,
    async () => {
      const found = (await project.containers()).find(({ service }) => service === server);
      if (found?.health === 'healthy') return true;
      await sleep(LOOK_MS);
      return false;
    },
    WELL_WITHIN_MS,
  );
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1_000;
}

/** Streams that are not on each of the servers. */
async function replicaProblems(project: Project, say: (line: string) => void): Promise<string[]> {
  const url = 'http://127.0.0.1:8222/jsz?streams=true&config=true';
  const { said } = await project.must(['exec', '--no-TTY', 'nats', 'wget', '-q', '-O', '-', url]);
  const { account_details: accounts } = JSON.parse(said) as {
    readonly account_details: readonly {
      readonly stream_detail: readonly { readonly name: string; readonly config: { num_replicas: number } }[];
    }[];
  };
  const streams = accounts.flatMap(({ stream_detail: found }) => found);
  say(`streams: ${streams.map(({ name, config }) => `${name} ${config.num_replicas}`).join(', ')}`);
  return streams
    .filter(({ config }) => config.num_replicas !== REPLICAS)
    .map(({ name, config }) => `${name} has ${config.num_replicas} replicas`);
}
