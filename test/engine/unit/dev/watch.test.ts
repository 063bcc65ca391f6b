import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Watching } from '../../../../src/dev/watch';
import { watchFolder } from '../../../../src/dev/watch';
import { until } from '../../../support/until';

let folder: string;
let watching: Watching | undefined;
let reports: (readonly string[])[];
let hold: Promise<void>;

async function watchAgain(more: { readonly quietMs?: number } = {}): Promise<void> {
  await watching?.close();
  watching = await watchFolder({
    folder,
    ignored: [path.join(folder, 'data')],
    onChange: (files) => {
      reports.push(files);
      return hold;
    },
    ...more,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sagaline-watch-'));
  for (const each of ['domains', 'node_modules', 'data', '.git', 'test'])
    await mkdir(path.join(folder, each));
  await write('domains/rules.ts');
  reports = [];
  hold = Promise.resolve();
  await watchAgain();
});

afterEach(async () => {
  await watching?.close();
  await rm(folder, { recursive: true, force: true });
});

const write = (file: string) => writeFile(path.join(folder, file), String(performance.now()));
const reported = (count: number) => until(`${count} reports`, () => reports.length >= count);

test('files that change together are one change', async () => {
  // A busy machine may notice the new one late.
  await watchAgain({ quietMs: 2_000 });
  for (const file of ['domains/rules.ts', 'sagaline.config.ts'])
    writeFileSync(path.join(folder, file), String(performance.now()));
  await reported(1);
  expect(reports).toEqual([['domains/rules.ts', 'sagaline.config.ts']]);
});

test('what an editor renames into place, and what is new or gone, is a change', async () => {
  for (const name of ['first', 'second']) {
    await write(`${name}.tmp`);
    await rename(path.join(folder, `${name}.tmp`), path.join(folder, 'domains/rules.ts'));
    await reported(name === 'first' ? 1 : 2);
  }
  await mkdir(path.join(folder, 'workers'));
  await write('workers/payments.ts');
  await reported(3);
  await rm(path.join(folder, 'workers/payments.ts'));
  await reported(4);
  expect(reports.slice(2)).toEqual([['workers/payments.ts'], ['workers/payments.ts']]);
});

test('packages, data, hidden folders, tests and documents are none', async () => {
  for (const file of [
    'node_modules/a.js',
    'data/a.json',
    '.git/a.ts',
    'domains/rules.test.ts',
    'test/a.json',
    'README.md',
  ])
    await write(file);
  await write('domains/rules.ts');
  await reported(1);
  expect(reports).toEqual([['domains/rules.ts']]);
});

test('a change during a report is reported after it', async () => {
  let release: () => void = () => undefined;
  hold = new Promise((resolve) => (release = resolve));
  await write('domains/rules.ts');
  await reported(1);
  await write('sagaline.config.ts');
  await sleep(400);
  expect(reports).toHaveLength(1);
  hold = Promise.resolve();
  release();
  await reported(2);
  expect(reports[1]).toEqual(['sagaline.config.ts']);
});
