// The modules that a command of the package loads. Loading them is most of what a short command takes, and their number does not depend on
// the machine.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { environment } from '../../src/config';

interface Budget {
  readonly command: string;
  /** A tenth above what it loads today. */
  readonly modules: number;
  /** Packages that it must not load. */
  readonly without: readonly string[];
}

const CLIENTS = { nats: 'nats', temporal: '@temporalio/client', postgres: 'pg' };
const SERVER = 'fastify';

const BUDGETS: readonly Budget[] = [
  { command: 'subscriptions list', modules: 320, without: [...Object.values(CLIENTS), SERVER] },
  { command: 'dead-letters list', modules: 420, without: [CLIENTS.temporal, CLIENTS.postgres, SERVER] },
  { command: 'sagas stuck', modules: 600, without: [CLIENTS.nats, CLIENTS.postgres, SERVER] },
];

/** Nothing listens there, and a command loads its client before it finds that out. */
const NOWHERE = { NATS_URL: 'nats://127.0.0.1:1', TEMPORAL_ADDRESS: '127.0.0.1:1' };
const MARK = 'loaded: ';

/** The shop, which is the project of the repository. */
const PROJECT = ['sagaline.config.ts', 'domains', 'workflows', 'activities', 'workers'];

/**
 * @param root the repository
 * @param built a copy of the package's files with its `dist`; gets the project
 */
export function problemsOfLoading(root: string, built: string): string[] {
  for (const name of PROJECT.filter((each) => existsSync(path.join(root, each))))
    cpSync(path.join(root, name), path.join(built, name), { recursive: true });
  return BUDGETS.flatMap(({ command, modules, without }) => {
    const files = loadedBy(built, command.split(' '));
    const packages = without.filter((name) => files.some((file) => file.includes(`/node_modules/${name}/`)));
    return [
      ...(files.length > modules ? [`"${command}" loads ${files.length} modules, more than ${modules}`] : []),
      ...packages.map((name) => `"${command}" loads ${name}`),
    ];
  });
}

function loadedBy(root: string, args: readonly string[]): string[] {
  const code = `
    const { command } = require(${JSON.stringify(path.join(root, 'dist/cli/command.js'))});
    command(${JSON.stringify(args)}).then(() => {
      process.stdout.write('\\n${MARK}' + JSON.stringify(Object.keys(require.cache)) + '\\n', () => process.exit());
    });`;
  const output = execFileSync(process.execPath, ['--eval', code], {
    cwd: root,
    encoding: 'utf8',
    env: { ...environment(), ...NOWHERE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = output.split('\n').find((each) => each.startsWith(MARK));
  if (line === undefined) throw new Error(`"${args.join(' ')}" has ended without telling what it has loaded`);
  const files = JSON.parse(line.slice(MARK.length)) as string[];
  // What compiles the project's TypeScript is not the command's.
  return files.filter((file) => !/\/node_modules\/(tsx|esbuild)\//.test(file));
}
