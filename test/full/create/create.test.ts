import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../src/config';

/** What a newcomer does: init, add one of each kind, check, record, test. On the sources, and without npm install. */

const ROOT = path.resolve(__dirname, '../../..');
/** Inside of the repository, so that its packages are found; ignored by its tools. */
const PLACE = path.join(ROOT, '.sagaline', 'create');
const CONDITION = '--conditions=sagaline-source';
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');
const JEST = path.join(ROOT, 'node_modules/jest/bin/jest.js');
/** Some twenty processes on two busy cores. */
const WITHIN_MS = 180_000;

const ADDED = [
  ['event', 'ticketReturned'],
  ['step', 'payBack', '--compensation', 'chargeAgain'],
  ['workflow', 'refund', '--event', 'ticketReturned', '--step', 'payBack'],
  ['route', 'returned-early', '--event', 'ticketReturned', '--workflow', 'ticket'],
  ['domain', 'parcels'],
  ['event', 'parcel-sent', '--domain', 'parcels'],
  ['pool', 'parcel-desk', '--domain', 'parcels'],
  ['step', 'weigh', '--pool', 'parcel-desk'],
  ['workflow', 'parcel', '--pool', 'parcel-desk', '--event', 'parcelSent', '--step', 'weigh'],
];

let folder: string;
let project: string;

beforeAll(async () => {
  await mkdir(PLACE, { recursive: true });
  folder = await mkdtemp(path.join(PLACE, 'project-'));
  project = path.join(folder, 'my-tickets');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
}

async function node(args: readonly string[], cwd = project): Promise<Ended> {
  // The servers of the repository, as a project finds those that it has installed.
  const PATH = [path.join(ROOT, 'node_modules/.bin'), environment()['PATH']].join(path.delimiter);
  const env = { ...environment(), PATH, NODE_OPTIONS: CONDITION };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, env });
    return { code: 0, out: `${stdout}${stderr}` };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: `${stdout}${stderr}` };
  }
}

const sagaline = (args: readonly string[], cwd?: string) =>
  node([path.join(ROOT, 'bin/sagaline.mjs'), ...args], cwd);

/** As npm would, but for the package itself. */
async function install(at: string): Promise<void> {
  await mkdir(path.join(at, 'node_modules'));
  await symlink(ROOT, path.join(at, 'node_modules/sagaline'));
}

async function expectToCompile(at: string): Promise<void> {
  expect(await node([TSC, '--customConditions', 'sagaline-source'], at)).toEqual({ code: 0, out: '' });
}

/** @param suites how many test files there are */
async function expectGreen(at: string, suites: number): Promise<void> {
  const conditions = JSON.stringify({ customExportConditions: ['sagaline-source', 'node', 'node-addons'] });
  const results = path.join(at, 'results.json');
  const options = ['--json', `--outputFile=${results}`, `--testEnvironmentOptions=${conditions}`];
  const { code, out } = await node([JEST, ...options], at);
  expect(code === 0 ? '' : out).toBe('');
  // The defects that the fault matrix puts in are none of the newcomer's.
  expect(out).not.toContain('[ERROR]');
  const { numPassedTests, numTotalTests, numPassedTestSuites } = JSON.parse(
    await readFile(results, 'utf8'),
  ) as Record<string, number>;
  expect(numPassedTests).toBe(numTotalTests);
  expect(numPassedTestSuites).toBe(suites);
}

test(
  'the shop compiles and its tests are green; a step can be added to it',
  async () => {
    const shop = path.join(folder, 'my-shop');
    const made = await sagaline(['init', 'my-shop', '--template', 'shop'], folder);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('the template "shop"') });
    await install(shop);
    expect(await sagaline(['add', 'step', 'giveVoucher', '--pool', 'payments'], shop)).toMatchObject({
      code: 0,
    });
    await expectToCompile(shop);
    await expectGreen(shop, 6 + 1);
  },
  WITHIN_MS,
);

test(
  'a new project, and one of each kind added to it, is checked, replayed and tested green',
  async () => {
    const made = await sagaline(['init', 'my-tickets'], folder);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('cd my-tickets') });
    expect(await sagaline(['init', 'my-tickets'], folder)).toMatchObject({
      code: 2,
      out: expect.stringContaining('nothing was written'),
    });
    await install(project);

    for (const args of ADDED) {
      const { code, out } = await sagaline(['add', ...args]);
      expect(`${args.join(' ')}: ${code} ${code === 0 ? '' : out}`).toBe(`${args.join(' ')}: 0 `);
    }
    await expectToCompile(project);
    // `add workflow` has recorded their histories.
    const recorded = await node(['--import', 'tsx', 'test/replay/record.ts']);
    expect(recorded).toEqual({ code: 0, out: 'recorded: nothing, all histories are there\n' });

    // Six of the template; two of each workflow, and one of each other kind.
    await expectGreen(project, 6 + 2 * 2 + 7);
  },
  WITHIN_MS,
);

test(
  'a file that was changed by hand is left alone, and what is to be added is said',
  async () => {
    await mkdir(path.join(project, 'test/support'), { recursive: true });
    const names = path.join(project, 'domains/tickets/names.ts');
    const text = await readFile(names, 'utf8');
    await writeFile(names, text.replace('export const EVENTS = {', 'export const EVENTS = made({'));
    await appendFile(names, 'function made(');
    const before = await readFile(names, 'utf8');
    const { code, out } = await sagaline(['add', 'event', 'ticket-lost', '--domain', 'tickets']);
    expect(code).toBe(1);
    expect(out).toContain('domains/tickets/names.ts cannot be edited; add by hand');
    expect(out).toContain('in EVENTS: ticketLost: `${PREFIX}.tickets.ticket-lost.v1`');
    expect(await readFile(names, 'utf8')).toBe(before);
  },
  WITHIN_MS,
);
