/**
 * `npm run test:full`: what is too long for `npm test`, one suite after another. Says before how long each may take, ends one
 * that takes longer, and says at the end what held: exit code 0 only if all did. `-- <suite> [what it takes]` runs one, `-- <suite> <suite> …` runs some.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Command } from 'commander';
import { runCommand, say } from '../../demo/command-line';

interface Suite {
  readonly name: string;
  /** Below `test/full`. */
  readonly script: string;
  /** On two cores, the slowest run seen with room to spare; longer than that, it is stuck. */
  readonly minutes: number;
  readonly what: string;
}

const SUITES: readonly Suite[] = [
  {
    name: 'ordering',
    script: 'ordering.ts',
    minutes: 12,
    what: '20,000 events through four bridges under faults [events of each key] [seed]',
  },
  {
    name: 'hot-key',
    script: 'hot-key.ts',
    minutes: 8,
    what: 'events behind 1,500 of one key, with one bridge, two, and one of two killed [events]',
  },
  {
    name: 'outages',
    script: 'outages.ts',
    minutes: 8,
    what: 'Temporal away for 60 s, then NATS for 30 s [events a second]',
  },
  { name: 'poison', script: 'poison.ts', minutes: 6, what: 'an event that ends its bridge, among fifteen' },
  { name: 'hostile', script: 'hostile.ts', minutes: 8, what: 'one event in ten is hostile [rounds]' },
  {
    name: 'batcher',
    script: 'batcher.ts',
    minutes: 12,
    what: '12,000 events of one key, over several runs [events]',
  },
  {
    name: 'views',
    script: 'views.ts',
    minutes: 12,
    what: 'what a view costs by the batcher and by a batch subscription [events]',
  },
  {
    name: 'readings',
    script: 'readings.ts',
    minutes: 10,
    what: 'a hot stream into PostgreSQL by a batch subscription, a member killed [seconds] [readings a second]',
  },
  {
    name: 'signals',
    script: 'signals.ts',
    minutes: 6,
    what: 'a workflow with as many signals as Temporal takes for one run',
  },
  {
    name: 'matrix',
    script: 'matrix.ts',
    minutes: 8,
    what: 'five bugs of the engine, each found by the fault matrix [bug]',
  },
  {
    name: 'bench-cost',
    script: 'bench-cost.ts',
    minutes: 6,
    what: 'workflow tasks, history events and calls of each workload of the benchmarks',
  },
  {
    name: 'capacity',
    script: 'capacity/run.ts',
    minutes: 6,
    what: 'a pool of known slots at its limit: predicted against measured [workflows]',
  },
  {
    name: 'console-load',
    script: 'console-load.ts',
    minutes: 30,
    what: 'each page and verb on a large, hostile system [open workflows] [dead letters]',
  },
  {
    name: 'console-cost',
    script: 'console-cost.ts',
    minutes: 10,
    what: 'memory and processor time of the built console, with three pages open [seconds]',
  },
  {
    name: 'promtool',
    script: 'promtool.ts',
    minutes: 5,
    what: 'the alert rules and what each process exports; downloads Debian’s package prometheus by apt-get',
  },
  {
    name: 'create',
    script: 'create.ts',
    minutes: 8,
    what: 'both templates and a project of its own on the sources, and one of each kind that `sagaline add` makes',
  },
  {
    name: 'first-process',
    script: 'first-process.ts',
    minutes: 10,
    what: 'every command and edit of docs/first-process.md, in an empty folder [tarball]',
  },
  {
    name: 'package',
    script: 'package.ts',
    minutes: 20,
    what: 'init, install, test, start, build and add with the packed package [major versions of Node]',
  },
  {
    name: 'pgbouncer',
    script: 'pgbouncer.ts',
    minutes: 6,
    what: 'the demo through PgBouncer in transaction mode; installs it by apt-get as root',
  },
  {
    name: 'compose',
    script: 'compose.ts',
    minutes: 60,
    what: 'docker-compose.yml in a Docker engine; needs root and Go, and builds Compose and images the first time [single|cluster]',
  },
  {
    name: 'kubernetes',
    script: 'kubernetes.ts',
    minutes: 30,
    what: 'the manifests, by the API servers of two versions; needs Go, and builds them the first time [version] [checkout of the worker controller] [record]',
  },
  {
    name: 'worker-controller',
    script: 'worker-controller.ts',
    minutes: 40,
    what: 'Temporal’s worker controller with our workers, from a checkout of its repository; needs Go and apt-get, as above <checkout>',
  },
  {
    name: 'scalers',
    script: 'scalers.ts',
    minutes: 40,
    what: 'KEDA’s own scalers against real servers with a backlog; needs Go, and builds them the first time [part]',
  },
  {
    name: 'servers',
    script: 'temporal-server/run.ts',
    minutes: 25,
    what: 'real Temporal servers, one of two killed; needs Go, and builds them the first time',
  },
  {
    name: 'restore',
    script: 'restore.ts',
    minutes: 25,
    what: 'all three stores backed up under load, lost and restored; needs Go and apt-get, as above [rounds]',
  },
  {
    name: 'authorizer',
    script: 'temporal-server/authorizer.ts',
    minutes: 15,
    what: 'role × call on a real Temporal server with certificates and tokens; needs Go, as above',
  },
];

const command = new Command('test:full')
  .description('Runs the suites that are too long for npm test.')
  .argument('[suite]', SUITES.map(({ name }) => name).join(', '))
  .argument('[arguments...]', 'what the suite takes')
  .action(async (name: string | undefined, given: string[]) => {
    const named = (each: string) => SUITES.filter((suite) => suite.name === each);
    if (name !== undefined && named(name).length === 0) {
      command.error(`There is no suite ${name}; there are ${SUITES.map((each) => each.name).join(', ')}.`);
    }
    const areSuites = given.length > 0 && given.every((each) => named(each).length > 0);
    const wanted = name === undefined ? SUITES : [name, ...(areSuites ? given : [])].flatMap(named);
    const takes = areSuites ? [] : given;
    say(`Budget: ${wanted.reduce((sum, { minutes }) => sum + minutes, 0)} minutes at most.`);
    for (const suite of wanted) say(`  ${inWords(suite)}`);
    const verdicts: string[] = [];
    for (const suite of wanted) {
      say(`\n${suite.name}`);
      const since = performance.now();
      const problem = await problemOf(suite, takes);
      if (problem !== undefined) process.exitCode = 1;
      const seconds = Math.round((performance.now() - since) / 1_000);
      verdicts.push(`  ${suite.name.padEnd(17)} ${(problem ?? 'held').padEnd(24)} ${seconds} s`);
    }
    say(`\n${verdicts.join('\n')}`);
  });

function inWords({ name, minutes, what }: Suite): string {
  return `${name.padEnd(17)} ${String(minutes).padStart(2)} minutes  ${what}`;
}

/** Ctrl-C reaches the child by itself: it is of the same group. */
async function problemOf({ script, minutes }: Suite, given: readonly string[]): Promise<string | undefined> {
  const file = path.join(__dirname, script);
  const child = spawn(process.execPath, ['--conditions=sagaline-source', '--import', 'tsx', file, ...given], {
    stdio: 'inherit',
  });
  const limit = setTimeout(() => child.kill('SIGTERM'), minutes * 60_000);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(limit);
  if (child.killed) return `not over in ${minutes} minutes`;
  return code === 0 ? undefined : 'DID NOT HOLD';
}

void runCommand(command);
