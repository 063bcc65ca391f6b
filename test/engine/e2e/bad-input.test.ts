// What a person gets for a project that cannot work: one message with the place and the remedy, and no stack.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../../src/config';
import { QUICK_START } from '../../support/quick-start';

const ROOT = path.resolve(__dirname, '../../..');
const COMMAND = path.join(ROOT, 'bin/sagaline.mjs');
/** For root no folder is without permission. */
const NOBODY = 65_534;
const WITHIN_MS = 60_000;

let project: string;

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'sagaline-bad-input-'));
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(ROOT, path.join(project, 'node_modules/sagaline'));
  write('package.json', '{ "private": true }');
});
afterEach(() => {
  chmodSync(project, 0o755);
  rmSync(project, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), text);
}
/** @param workflows of the one domain */
const configWith = (workflows: string, domains = '[domain]') => `
  const domain = { name: 'pings', events: [], workflows: [${workflows}], routes: [], webhooks: [] };
  const pings = { domain, taskQueue: 'pings', workflows: 'workflows', activities: () => ({}) };
  export default { domains: ${domains}, pools: { pings } };`;
const PING = "{ name: 'ping', taskQueue: 'pings', initialState: 'pinging', summary: (key: string) => key }";

async function sagaline(args: readonly string[], { asNobody = false } = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: project,
    env: { ...environment(), ...QUICK_START },
    ...(asNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

test.each<[string, () => void, string[], RegExp]>([
  [
    'no configuration file',
    () => undefined,
    ['routes', 'list'],
    /there is no sagaline\.config\.ts in \/.*; run the command in the folder of your project, or make one with "npx sagaline init"/,
  ],
  [
    'a configuration file that is not there',
    () => undefined,
    ['--config', 'other.config.ts', 'routes', 'list'],
    /there is no file other\.config\.ts; /,
  ],
  [
    'a package that is not installed',
    () => write('sagaline.config.ts', "import 'no-such-package';"),
    ['routes', 'list'],
    /sagaline\.config\.ts cannot be loaded: Cannot find module 'no-such-package', which .*\/sagaline\.config\.ts imports; run npm install/,
  ],
  [
    'code that fails while it is loaded',
    () => {
      write('sagaline.config.ts', "import './domains';");
      write('domains/index.ts', '\nconst names = {} as any;\nexport const first = names.of.first;');
    },
    ['routes', 'list'],
    /Cannot read properties of undefined \(reading 'first'\), in \/.*\/domains\/index\.ts$/m,
  ],
  [
    'a file that is not there',
    () => {
      write('sagaline.config.ts', "import './domains';");
      write('domains/index.ts', "import './pings';");
    },
    ['routes', 'list'],
    /Cannot find module '\.\/pings', which .*\/domains\/index\.ts imports; correct the import/,
  ],
  [
    'a pool without its workflows',
    () => write('sagaline.config.ts', configWith('')),
    ['routes', 'list'],
    /\/sagaline\.config\.ts: pool "pings": there is no index\.ts in .*\/workflows; export its workflows there/,
  ],
  [
    'contracts that contradict each other, before any server is asked',
    () => {
      write('sagaline.config.ts', configWith('', '[domain, { ...domain }]'));
      write('workflows/index.ts', '');
    },
    ['provision'],
    /two domains are called "pings"; rename one of them/,
  ],
  [
    'contracts that contradict each other, at the build',
    () => {
      write('sagaline.config.ts', configWith('', '[domain, { ...domain }]'));
      write('workflows/index.ts', '');
      write('tsconfig.json', '{}');
    },
    ['build'],
    /two domains are called "pings"; rename one of them/,
  ],
  [
    'a workflow that is not exported, at the build',
    () => {
      write('sagaline.config.ts', configWith(PING));
      write('workflows/index.ts', 'export const pong = () => undefined;');
      write('tsconfig.json', '{}');
    },
    ['build'],
    /pool "pings": .*\/workflows does not export a function "ping", .*; export it there, under this name/,
  ],
])(
  '%s',
  async (_, prepare, args, message) => {
    prepare();
    const { code, output } = await sagaline(args);
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^ {4}at |Require stack/m);
    expect(code).toBe(2);
  },
  WITHIN_MS,
);

test.each([
  [
    'build',
    ['build'],
    /no-permission: EACCES: .*\/\.build': make it writable for this user, or run the command/,
  ],
  [
    'init',
    ['init', 'my-project'],
    /my-project cannot be written: EACCES.*; choose a folder that this user may write to/,
  ],
])(
  '%s in a folder without permission',
  async (_, args, message) => {
    write('sagaline.config.ts', configWith(''));
    write('workflows/index.ts', '');
    write('tsconfig.json', '{}');
    chmodSync(project, 0o555);
    const { code, output } = await sagaline(args, { asNobody: true });
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^ {4}at /m);
    expect(code).toBeGreaterThan(0);
  },
  WITHIN_MS,
);

test(
  'a process that cannot start ends with 1 and says why, whatever it has opened by then',
  async () => {
    write(
      'sagaline.config.ts',
      `import { z } from 'zod';
       const run = () => {
         setInterval(() => undefined, 1_000);
         throw new Error('there is no certificate');
       };
       export default { domains: [], pools: {}, dev: { roles: { broken: { settings: z.object({}), run } } } };`,
    );
    symlinkSync(path.join(ROOT, 'node_modules/zod'), path.join(project, 'node_modules/zod'));
    const { code, output } = await sagaline(['run', 'broken']);
    expect(code).toBe(1);
    expect(output).toContain('broken cannot start: Error: there is no certificate');
  },
  WITHIN_MS,
);

test(
  'a command ends, whatever the modules of the project have opened',
  async () => {
    write('sagaline.config.ts', `setInterval(() => undefined, 1_000);\n${configWith('')}`);
    write('workflows/index.ts', '');
    expect(await sagaline(['routes', 'list', '-o', 'json'])).toEqual({
      code: 0,
      output: '{"routes":[]}\n',
    });
  },
  WITHIN_MS,
);

test(
  'a build that fails leaves the one before as it is',
  async () => {
    write('sagaline.config.ts', `const wrong: number = 'text';\n${configWith('')}`);
    write('workflows/index.ts', '');
    write('tsconfig.json', '{}');
    write('build/sagaline.config.js', '// the build before');
    symlinkSync(path.join(ROOT, 'node_modules/typescript'), path.join(project, 'node_modules/typescript'));
    const { code, output } = await sagaline(['build']);
    expect([code, output]).toEqual([1, expect.stringContaining('not-compiled')]);
    expect(readFileSync(path.join(project, 'build/sagaline.config.js'), 'utf8')).toBe('// the build before');
    expect(readdirSync(project)).not.toContain('.build');
  },
  WITHIN_MS,
);
