// The packages that a project and the engine share: one copy of each, of a version that the engine works with.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageProblems } from '../../../../src/cli/packages';

const PEERS = {
  zod: '^4.1.0',
  '@temporalio/common': '~1.24.0',
  '@temporalio/testing': '~1.24.0',
  protobufjs: '^8.7.1',
  tsx: '^4.0.0',
};

let place: string;
let project: string;
let engine: string;

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'sagaline-packages-'));
  project = path.join(place, 'project');
  engine = path.join(project, 'node_modules/sagaline');
  write(project, { name: 'my-project', version: '1.0.0' });
  write(engine, {
    name: 'sagaline',
    version: '0.1.0',
    peerDependencies: PEERS,
    peerDependenciesMeta: { '@temporalio/testing': { optional: true }, tsx: { optional: true } },
  });
  install(project, 'zod', '4.2.0');
  install(project, '@temporalio/common', '1.24.0');
  install(project, 'protobufjs', '8.8.1');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function write(folder: string, manifest: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}
function install(folder: string, name: string, version: string): string {
  const there = path.join(folder, 'node_modules', name);
  write(there, { name, version });
  return there;
}
const problems = () => packageProblems({ engine, project }) ?? '';

test('one copy of each, in range: nothing', () =>
  expect(packageProblems({ engine, project })).toBeUndefined());

test('a version that does not fit is named with its folder and the command', () => {
  const zod = install(project, 'zod', '3.25.1');
  expect(problems()).toContain(`zod 3.25.1 in ${zod} is not ^4.1.0`);
  expect(problems()).toContain('Run: npm install "zod@^4.1.0" && npm dedupe');
});

test('a second copy beside the engine is named, both with their folders, though it is of the same version', () => {
  const ours = install(engine, '@temporalio/common', '1.24.0');
  expect(problems()).toContain('there are 2 of @temporalio/common');
  expect(problems()).toContain(ours);
  expect(problems()).toContain(path.join(project, 'node_modules/@temporalio/common'));
  expect(problems()).toContain('npm install "@temporalio/common@~1.24.0" && npm dedupe');
});

test('a copy of its own of one of the shared packages is a second copy too', () => {
  install(path.join(project, 'node_modules/@temporalio/common'), 'zod', '4.2.0');
  expect(problems()).toContain('there are 2 of zod');
});

test('one that is missing is named; an optional one may be', () => {
  rmSync(path.join(project, 'node_modules/zod'), { recursive: true });
  expect(problems()).toContain('zod is missing');
  expect(problems()).not.toContain('testing');
  expect(problems()).not.toContain('tsx');
});

test('an optional one that is there must fit all the same; a tool may be of any version', () => {
  install(project, '@temporalio/testing', '1.20.0');
  install(project, 'tsx', '3.0.0');
  expect(problems()).toContain('@temporalio/testing 1.20.0');
  expect(problems()).not.toContain('tsx');
});

test('the command line of another copy says with which command to run the project’s own', () => {
  const elsewhere = path.join(place, 'global/node_modules/sagaline');
  write(elsewhere, { name: 'sagaline', version: '0.0.9', peerDependencies: PEERS });
  const problem = packageProblems({ engine: elsewhere, project });
  expect(problem).toContain(`sagaline 0.0.9 in ${elsewhere}`);
  expect(problem).toContain(`sagaline 0.1.0 in ${engine}`);
  expect(problem).toContain('Run it with "npx sagaline"');
});

test('a link to the engine is the engine', () => {
  const linked = path.join(place, 'linked');
  write(linked, { name: 'linked', version: '1.0.0' });
  mkdirSync(path.join(linked, 'node_modules'));
  for (const name of ['sagaline', 'zod', '@temporalio'])
    symlinkSync(path.join(project, 'node_modules', name), path.join(linked, 'node_modules', name));
  expect(packageProblems({ engine, project: linked })).toBeUndefined();
});

test('a second copy of protobufjs under a package of Temporal is named: with it no recorded history loads', () => {
  const second = install(path.join(project, 'node_modules/@temporalio/common'), 'protobufjs', '8.8.0');
  expect(problems()).toContain('  there are 2 of protobufjs: ');
  expect(problems()).toContain(second);
});
