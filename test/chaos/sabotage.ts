/** One thing broken on purpose, in a copy of the sources: a checker that does not notice is none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startWatchdog } from '../../src/dev/stack/watchdog';
import { noRecord } from '../support/no-record';
import type { Focus } from './plan/faults';

interface Change {
  readonly file: string;
  /** Must be there exactly once. */
  readonly from: string;
  readonly to: string;
}

export interface Sabotage {
  readonly what: string;
  readonly changes: readonly Change[];
  /** Which faults must come for it to show. */
  readonly focus: Focus;
}

const TOMBSTONE = "values ($1, 'compensated') on conflict do nothing returning key`,";
const INSERT_TOMBSTONE = `\`insert into sagaline.effects (key, state) ${TOMBSTONE}`;
/** Says of a step that was never heard of that there is nothing to do, and leaves nothing behind that says so. */
const NO_TOMBSTONE =
  '`select $1::text as key where not exists (select from sagaline.effects where key = $1)`,';

export const sabotages: Readonly<Record<string, Sabotage>> = {
  deduplication: {
    what: 'a workflow takes an event each time that it comes',
    changes: [
      {
        file: 'src/saga/receive-events.ts',
        from: '    if (remembered.has(identity)) {\n',
        to: '    if (remembered.has(identity) && event.contentHash === "never") {\n',
      },
    ],
    focus: { targets: ['bridge', 'bridge-2'], kinds: ['kill-midway', 'halt'] },
  },
  outbox: {
    what: 'events are written into the outbox when the transaction has been committed, a moment later',
    changes: [
      {
        file: 'src/adapters/postgres/database.ts',
        from: "    query: (text, values) => rowsOf(client.query(text, values && [...values])),\n  });\n  await client.query('commit');\n",
        to: `    query: (text, values) => {
      if (!text.includes('into sagaline.outbox')) return rowsOf(client.query(text, values && [...values]));
      later.push([text, values ? [...values] : []]);
      return Promise.resolve([]);
    },
  });
  await client.query('commit');
  if (later.length > 0) await new Promise((resolve) => setTimeout(resolve, 500));
  for (const [text, values] of later) await client.query(text, values);
`,
      },
      {
        file: 'src/adapters/postgres/database.ts',
        from: '  await client.query(BEGIN);\n',
        to: '  const later: [string, unknown[]][] = [];\n  await client.query(BEGIN);\n',
      },
    ],
    focus: {
      targets: ['worker:inventory', 'worker:inventory-2', 'worker:orders', 'worker:orders-2'],
      kinds: ['kill'],
    },
  },
  'early-ack': {
    what: 'a bridge acknowledges an event before it asks Temporal',
    changes: [
      {
        file: 'src/delivery/settle.ts',
        from: '      heartbeats.begin(delivery);\n',
        to: '      heartbeats.begin(delivery);\n      delivery.settle();\n',
      },
      {
        file: 'src/delivery/settle.ts',
        from: '          else delivery.settle();\n',
        to: '',
      },
    ],
    focus: { targets: ['bridge', 'bridge-2'], kinds: ['kill-midway'], stalls: 'temporal' },
  },
  'forward-compensation': {
    what: 'steps are compensated in the order in which they were done',
    changes: [
      {
        file: 'src/saga/compensations.ts',
        from: '[...registered.values()].reverse()',
        to: '[...registered.values()]',
      },
    ],
    focus: { targets: ['worker:orders', 'worker:orders-2'], kinds: ['kill'] },
  },
  'no-tombstones': {
    what: 'a compensation that comes before its step leaves no sign of it',
    changes: [
      { file: 'src/effects/local.ts', from: INSERT_TOMBSTONE, to: NO_TOMBSTONE },
      { file: 'src/effects/external.ts', from: INSERT_TOMBSTONE, to: NO_TOMBSTONE },
    ],
    focus: {
      targets: ['worker:inventory', 'worker:inventory-2'],
      kinds: ['halt'],
      lastsMs: { from: 12_000, to: 15_000 },
    },
  },
  'provider-unseen': {
    what: 'reconciliation does not look at the payments that the provider has',
    changes: [
      {
        file: 'activities/shop/payment-check.ts',
        from: 'for (const found of payments) {',
        to: 'for (const found of payments.slice(0, 0)) {',
      },
    ],
    focus: { targets: ['providers'], kinds: ['kill', 'slow'] },
  },
};

/** The text with the change made. Throws where what is to be changed is not there exactly once. */
export function changed(text: string, { file, from, to }: Change): string {
  const times = text.split(from).length - 1;
  if (times !== 1) throw new Error(`${file} has what is to be sabotaged ${times} times, not once:\n${from}`);
  return text.replace(from, () => to);
}

const ROOT = path.resolve(__dirname, '../..');
/** What the shop's processes and the run itself are made of. */
const SOURCES = [
  'sagaline.config.ts',
  'bin',
  'create',
  'domains',
  'src',
  'workflows',
  'activities',
  'workers',
  'demo',
  'test',
  'package.json',
  'tsconfig.json',
  // By this the command line knows that it runs from the sources.
  'tsconfig.build.json',
];
const INSTALLED = ['node_modules'];

/** Runs all of it from a copy of the sources that has the mistake in it. Resolves to the exit code. */
export async function runSabotaged({ changes }: Sabotage, args: readonly string[]): Promise<number> {
  const copy = await mkdtemp(path.join(tmpdir(), 'sagaline-sabotage-'));
  const watchdog = startWatchdog(noRecord);
  try {
    for (const name of SOURCES) await cp(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    for (const name of INSTALLED) await symlink(path.join(ROOT, name), path.join(copy, name));
    for (const change of changes) {
      const file = path.join(copy, change.file);
      await writeFile(file, changed(await readFile(file, 'utf8'), change));
    }
    const command = [
      '--conditions=sagaline-source',
      '--import',
      'tsx',
      path.join('test', 'chaos', 'main.ts'),
      ...args,
    ];
    const child = spawn(process.execPath, command, { cwd: copy, stdio: 'inherit' });
    if (child.pid !== undefined) watchdog.guard(child.pid, 'SIGINT');
    const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (child.pid !== undefined) watchdog.release(child.pid);
    return code ?? 1;
  } finally {
    await watchdog.close();
    await rm(copy, { recursive: true, force: true });
  }
}
