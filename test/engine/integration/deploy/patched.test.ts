// A change of a workflow from its introduction to its removal, as docs/deploys.md tells it: which code replays the histories
// of which.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { RecordedHistory } from '../../../../src/testing';
import { quietRuntime, replayHistory } from '../../../../src/testing';
import { createTestNamespace } from '../../../support/namespace';
import type { ParcelActivities } from '../../../support/patched/activities';
import type { Version } from '../../../support/patched/versions';
import { VERSIONS } from '../../../support/patched/versions';
import { FROM_SOURCES } from '../../../support/quick-start';

const ROOT = path.resolve(__dirname, '../../../..');
const PAGE = path.join(ROOT, 'docs/deploys.md');
const BUNDLED_WITHIN_MS = 60_000;

// Four versions, each with a worker of its own and four replays.
jest.setTimeout(90_000);

let folder: string;
let temporal: { client: Client; address: string; namespace: string };
let connection: NativeConnection;

const bundleOf = (version: Version) => ({ codePath: path.join(folder, `${version}.js`) });

beforeAll(async () => {
  quietRuntime();
  folder = await mkdtemp(path.join(tmpdir(), 'sagaline-patched-'));
  const script = path.join(ROOT, 'test/support/patched/bundle.ts');
  [temporal] = await Promise.all([
    createTestNamespace(),
    promisify(execFile)(process.execPath, [...FROM_SOURCES, script, folder], { cwd: ROOT }),
  ]);
  connection = await NativeConnection.connect({ address: temporal.address });
}, BUNDLED_WITHIN_MS);
afterAll(async () => {
  await connection.close();
  await temporal.client.connection.close();
  await rm(folder, { recursive: true, force: true });
});

/** The history of a run whose worker had this code. */
async function record(version: Version): Promise<RecordedHistory> {
  const activities: ParcelActivities = { insure: () => Promise.resolve(), send: () => Promise.resolve() };
  const { client, namespace } = temporal;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: version,
    activities,
    workflowBundle: bundleOf(version),
  });
  return worker.runUntil(async () => {
    const handle = await client.workflow.start('parcel', { workflowId: version, taskQueue: version });
    await handle.result();
    return handle.fetchHistory();
  });
}

/** The table of the page: for each history, what each code makes of it. */
async function tableOfThePage(): Promise<Record<string, string[]>> {
  const lines = (await readFile(PAGE, 'utf8')).split('\n');
  const at = lines.findIndex((line) => /^\| history of +\|/.test(line));
  const rows = lines.slice(at + 2, at + 2 + VERSIONS.length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return Object.fromEntries(rows.map(([name = '', ...cells]) => [name.replaceAll('`', ''), cells]));
}

test('each version replays what the page says, and no more', async () => {
  const found: Record<string, string[]> = {};
  for (const version of VERSIONS) {
    const history = await record(version);
    found[version] = [];
    for (const code of VERSIONS) found[version].push((await replayHistory(history, bundleOf(code))).kind);
  }
  expect(found).toEqual(await tableOfThePage());
  // What the change is for, whatever the page says.
  expect(found).toMatchObject({
    before: ['replays', 'replays', 'differs', 'differs'],
    patched: [expect.any(String), 'replays', 'replays', expect.any(String)],
  });
});
