// What contradicts itself in a configuration: each is one line with the place and the remedy.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Domain } from '../../../../src/contracts';
import type { LoadedApp, Pool } from '../../../../src/runtime/app';
import { appProblems } from '../../../../src/runtime/app/problems';
import { assertExported } from '../../../../src/runtime/workflows/exports';
import { ping, pingDomain } from '../../../support/ping/domain';

let root: string;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sagaline-problems-'));
  for (const folder of ['workflows', 'migrations', 'empty']) mkdirSync(path.join(root, folder));
  writeFileSync(path.join(root, 'workflows/index.ts'), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const other: Domain = { name: 'other', events: [], workflows: [], routes: [], webhooks: [] };
const third: Domain = { ...other, name: 'third' };
const pool = (changes: Partial<Pool> = {}): Pool => ({
  domain: pingDomain,
  taskQueue: ping.taskQueue,
  workflows: 'workflows',
  activities: () => ({}),
  ...changes,
});
const app = (changes: Partial<LoadedApp> = {}): LoadedApp => ({
  root,
  domains: [pingDomain],
  pools: { pings: pool() },
  ...changes,
});
const idle = (taskQueue: string): Pool => ({ domain: pingDomain, taskQueue, activities: () => ({}) });
const withSetting = (domain: Domain, name: string): Domain => ({
  ...domain,
  settings: z.object({ [name]: z.string().default('') }),
});
const role = (name: string) => ({
  settings: z.object({ [name]: z.string().default('') }),
  run: () => Promise.reject(new Error('not run')),
});

test('a sound configuration has no problems', () => {
  expect(appProblems(app({ migrations: { pings: 'migrations' } }))).toEqual([]);
});

test.each<[string, Partial<LoadedApp>, RegExp]>([
  [
    'two domains with one setting',
    { domains: [pingDomain, withSetting(other, 'RETRIES'), withSetting(third, 'RETRIES')] },
    /^the setting RETRIES of domain "third" is one of domain "other" already; rename it$/,
  ],
  [
    'a setting of the engine',
    { domains: [pingDomain, withSetting(other, 'NATS_URL')] },
    /^the setting NATS_URL of domain "other" is one of the engine already; rename it$/,
  ],
  [
    'a setting of a domain and of a development role',
    { domains: [pingDomain, withSetting(other, 'PORT')], dev: { roles: { sandbox: role('PORT') } } },
    /^the setting PORT of role "sandbox" is one of domain "other" already; rename it$/,
  ],
  [
    'a pool whose name leaves its place',
    { pools: { pings: pool(), '../evil': idle('evil') } },
    /^pool "\.\.\/evil": its name must be 1 to 50 lower-case letters, digits and "-"$/,
  ],
  [
    'two pools on one task queue',
    { pools: { pings: idle(ping.taskQueue), others: pool() } },
    /^pool "pings": the task queue "\S+" is that of another pool$/,
  ],
  [
    'a pool of a domain that is not there',
    { pools: { pings: pool(), others: { ...idle('others'), domain: other } } },
    /^pool "others": its domain "other" is not in domains; add it there$/,
  ],
  [
    'workflows outside of the project',
    { pools: { pings: pool({ workflows: '../elsewhere' }) } },
    /^pool "pings": workflows "\.\.\/elsewhere" leaves the project; keep them in /,
  ],
  [
    'a folder without workflows',
    { pools: { pings: pool({ workflows: 'empty' }) } },
    /^pool "pings": there is no index\.ts in .*\/empty; export its workflows there$/,
  ],
  [
    'a workflow that no pool runs',
    { pools: { pings: idle(ping.taskQueue) } },
    /^workflow "ping": no pool with workflows has its task queue "\S+"$/,
  ],
  [
    'migrations under the engine’s name',
    { migrations: { effects: 'migrations' } },
    /^migrations "effects": the engine's own have this name; rename them$/,
  ],
  [
    'migrations of two names in one folder',
    { migrations: { pings: 'migrations', others: './migrations' } },
    /^migrations "others": .*\/migrations has those of "pings"; each has a folder of its own$/,
  ],
  [
    'migrations outside of the project',
    { migrations: { pings: '../migrations' } },
    /^migrations "pings": "\.\.\/migrations" is no folder within the project; keep them in one within /,
  ],
  [
    'the project as migrations',
    { migrations: { pings: '.' } },
    /^migrations "pings": "\." is no folder within the project; keep them in one within /,
  ],
  [
    'a file as migrations',
    { migrations: { pings: 'workflows/index.ts' } },
    /^migrations "pings": there is no folder .*\/workflows\/index\.ts; make it, or take/,
  ],
  [
    'migrations whose name is no part of a table’s',
    { migrations: { 'a "b"': 'migrations' } },
    /^migrations "a "b"": the name must be 1 to 50 letters, digits, "_" and "-", and begin with a letter/,
  ],
  [
    'migrations that are not there',
    { migrations: { pings: 'nowhere' } },
    /^migrations "pings": there is no folder .*\/nowhere; make it, or take the line out of migrations$/,
  ],
  [
    'a development role with the name of a process',
    { dev: { roles: { bridge: role('X') } } },
    /^dev\.roles "bridge": the engine has a process of this name; rename it$/,
  ],
  [
    'interceptors that are not there',
    { workers: { workflowInterceptors: ['workflows/nowhere.ts'] } },
    /^workers\.workflowInterceptors: there is no file .*\/workflows\/nowhere\.ts; export `interceptors` there$/,
  ],
])('%s is one line', (_, changes, line) => {
  expect(appProblems(app(changes))).toEqual([expect.stringMatching(line)]);
});

describe('a workflow that is not exported', () => {
  const check = (text: string) => {
    const folder = mkdtempSync(path.join(root, 'exports-'));
    writeFileSync(path.join(folder, 'index.js'), text);
    return () => assertExported(app(), 'pings', pool(), folder);
  };

  test('is named, with its pool and the file', () => {
    expect(check('exports.pong = () => undefined; exports.ping = 1;')).toThrow(
      /pool "pings": .*exports-.* does not export a function "ping", .*; export it there, under this name/,
    );
  });

  test.each([
    ['is there', 'exports.ping = () => undefined;'],
    ['is run by a default export', 'exports.default = () => undefined;'],
    ['cannot be known outside of Temporal’s sandbox', 'throw new Error("no workflow context");'],
  ])('is none where it %s', (_, text) => expect(check(text)).not.toThrow());
});
