// Prints which files of `src` one event crosses from the gateway to the relay, and in how many hops: `npm run path`.
//
// The project in `event-path` runs in this process, with all its roles, on real servers. The gateway stores an event, the bridge
// signals the workflow with it, the workflow runs an activity, which writes another event into the outbox, and the relay publishes it.
//
// - A file counts when one of its functions is entered, or calls one of another file, between the request to the gateway and 0.4 s
//   after the relay has published.
//   Constants, types, zod schemas, re-exports and what ran at the start do not count.
// - A hop is a call from one file of `src` into another one, directly or by way of a library; a pair of files counts once.
// - The workflow runs in a sandbox, in another thread: its files count, its hops do not.
// - `entered` is how often the event enters the file from another one, or from a library.
// - The relay's event comes to the bridge as well, which has no route for it: what both events enter is entered twice.
// - Several events are traced, one after the other. What is not entered for each of them runs by the clock, and does not count.
import type { Trace } from './event-path/trace';
import { common, endTrace, prepareTracing, startTrace } from './event-path/trace';
import type * as projects from './event-path/project';

/** Of all folders, the one whose functions hand the event to nobody: they are pure, and the folder imports none. */
const VOCABULARY = 'src/contracts/';
const EVENTS = 8;

prepareTracing();

async function main(): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded before the tracing is prepared
  const { runProject } = require('./event-path/project') as typeof projects;
  const project = await runProject();
  try {
    const traces: Trace[] = [];
    for (let number = 1; number <= EVENTS; number++) {
      const sendAnother = await project.open(`q-${number}`);
      startTrace();
      await sendAnother();
      traces.push(endTrace());
    }
    print(common(traces));
  } finally {
    await project.stop();
  }
}

function print({ files, hops, entries }: Trace): void {
  const rowOf = (file: string) => {
    const from = [...hops.keys()].filter((hop) => hop.endsWith(` > ${file}`)).length;
    return row(file, String(entries.get(file) ?? '-'), String(from || '-'));
  };
  const vocabulary = files.filter((file) => file.startsWith(VOCABULARY));
  const others = files.filter((file) => !file.startsWith(VOCABULARY));
  const hand = [...hops.keys()].filter((hop) => !hop.includes(VOCABULARY));
  const lines = [
    row('file', 'entered', 'from files'),
    ...others.map(rowOf),
    ...vocabulary.map(rowOf),
    '',
    `files: ${files.length}, of which ${vocabulary.length} in ${VOCABULARY} (pure) and ${others.length} others`,
    `hops: ${hops.size}, of which ${hand.length} between the others`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function row(file: string, entered: string, from: string): string {
  return `${file.padEnd(40)}${entered.padStart(10)}${from.padStart(12)}`;
}

void main();
