// Prints which files of `src` one event crosses from the gateway to the relay, and in how many hops: `npm run path`.
//
// The project in `event-path` runs in this process, with all its roles, on real servers. The gateway stores an event, the bridge
// signals the workflow with it, the workflow runs an activity, the activity writes another event into the outbox, and the relay
// publishes that event.
//
// - A file counts when one of its functions is entered, or calls one of another file, between the request to the gateway and
//   0.4 s after the relay has published. Constants, types, zod schemas, re-exports and code that ran at the start do not count.
// - A hop is a call from one file of `src` into another one, directly or through a library; a pair of files counts once.
// - The workflow runs in a sandbox, in another thread: its files count, its hops do not.
// - `entered` is the number of times that the event enters the file from another one, or from a library.
// - The relay's event reaches the bridge as well, which has no route for it: functions that both events enter are entered twice.
// - Several events are traced, one after the other. Code that is not entered for each of them runs by the clock, and does not
//   count.
import type { Trace } from './event-path/trace';
import { common, endTrace, prepareTracing, startTrace } from './event-path/trace';
import type * as projects from './event-path/project';

/** The folder whose functions do not pass the event on: they are pure, and the folder imports no other one. */
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
