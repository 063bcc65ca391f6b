import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import type { RecordedHistory } from '.';

/** One scenario of a workflow: drives it to its end, on the recorder's own workers and fakes. */
export type ReplayScenario = () => Promise<WorkflowHandle>;

/**
 * Drives the workflows of this checkout through their scenarios, and writes each history to `<folder>/<scenario>.json`. It keeps
 * a history that exists already, because that one represents workflows which older code has begun.
 *
 * @returns the names of the recorded scenarios
 * @example
 * await recordHistories('test/histories', {
 *   resolved: async () => {
 *     const driver = driveProcess(env.client, { process: alert, routes, key: 'dev-1' });
 *     await driver.send(alertRaised, { ...alertRaised.example, deviceId: 'dev-1' });
 *     await driver.send(alertResolved, { ...alertResolved.example, deviceId: 'dev-1' });
 *     return driver.handle;
 *   },
 * });
 */
export async function recordHistories(
  folder: string,
  scenarios: Readonly<Record<string, ReplayScenario>>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const recorded: string[] = [];
  for (const [name, scenario] of Object.entries(scenarios)) {
    const file = path.join(folder, `${name}.json`);
    if (await exists(file)) continue;
    const handle = await scenario();
    await handle.result();
    await writeFile(file, `${anonymous(historyToJSON(await handle.fetchHistory()))}\n`);
    recorded.push(name);
  }
  return recorded;
}

/**
 * Reads the recorded histories of a folder, by their names, for `replay`.
 *
 * @throws Error when one of the scenarios has no history
 * @example
 * test('the present code replays what is under way', async () => {
 *   await replay(await readHistories('test/histories', Object.keys(scenarios)), bundleOfTests('devices'));
 * });
 */
export async function readHistories(
  folder: string,
  scenarios: readonly string[] = [],
): Promise<Readonly<Record<string, RecordedHistory>>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const names = files.map((file) => path.basename(file, '.json'));
  const missing = scenarios.filter((scenario) => !names.includes(scenario));
  if (missing.length > 0) throw new Error(`no history is recorded of ${missing.join(', ')} in ${folder}`);
  const histories = names.map(async (name) => {
    const text = await readFile(path.join(folder, `${name}.json`), 'utf8');
    return [name, JSON.parse(text) as RecordedHistory] as const;
  });
  return Object.fromEntries(await Promise.all(histories));
}

/** Removes what identifies the machine that recorded it; a replay does not read these fields. */
function anonymous(history: string): string {
  const withoutStacks = (name: string, value: unknown) => (name === 'stackTrace' ? '' : value);
  const text = JSON.stringify(JSON.parse(history), withoutStacks, 1);
  return text.replaceAll(`${process.pid}@${hostname()}`, 'recorder');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
