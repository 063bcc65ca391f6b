import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageProblems } from '../../../src/cli/packages';

/** A project whose node_modules hold the engine; `shared` are what its range for each peer is in a version that fits. */
const PEERS = {
  '@temporalio/common': '~1.24.0',
  '@temporalio/testing': '~1.24.0',
  protobufjs: '^8.7.1',
  typescript: '^6.0.3',
  zod: '^4.6.7',
};

let project: string;

beforeEach(() => {
  project = realpathSync(mkdtempSync(path.join(tmpdir(), 'sagaline-packages-')));
  writeManifest('.', { name: 'my-project', version: '1.0.0' });
  writeManifest('node_modules/sagaline', {
    name: 'sagaline',
    version: '0.1.0',
    peerDependencies: PEERS,
    peerDependenciesMeta: { '@temporalio/testing': { optional: true }, typescript: { optional: true } },
  });
  install('@temporalio/common', '1.24.0');
  install('protobufjs', '8.8.1');
  install('zod', '4.6.7');
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

function writeManifest(folder: string, manifest: object): void {
  mkdirSync(path.join(project, folder), { recursive: true });
  writeFileSync(path.join(project, folder, 'package.json'), JSON.stringify(manifest));
}

function install(name: string, version: string, below = '.'): void {
  writeManifest(path.join(below, 'node_modules', name), { name, version });
}

const problems = (engine = 'node_modules/sagaline') =>
  packageProblems({ engine: path.join(project, engine), project });

test('one copy of each, in a version that fits, is no problem', () => {
  expect(problems()).toBeUndefined();
});

test.each(['protobufjs', 'zod', '@temporalio/common'])('a missing %s is named, with the remedy', (name) => {
  rmSync(path.join(project, 'node_modules', name), { recursive: true });
  const range = PEERS[name as keyof typeof PEERS];
  expect(problems()).toContain(`  ${name} is missing`);
  expect(problems()).toContain(`Run: npm install "${name}@${range}" && npm dedupe`);
});

test('a version that does not fit is named with its place', () => {
  install('zod', '3.25.0');
  expect(problems()).toContain(`  zod 3.25.0 in ${project}/node_modules/zod is not ^4.6.7`);
});

test('an optional peer may be missing, but not of another version', () => {
  install('@temporalio/testing', '1.23.0');
  expect(problems()).toContain('@temporalio/testing 1.23.0');
});

test("the engine's own second copy is named beside the project's", () => {
  install('zod', '4.6.8', 'node_modules/sagaline');
  expect(problems()).toContain(
    `  there are 2 of zod: zod 4.6.8 in ${project}/node_modules/sagaline/node_modules/zod, zod 4.6.7 in ${project}/node_modules/zod`,
  );
});

test('a second copy of protobufjs under a package of Temporal is named: with it no recorded history loads', () => {
  install('protobufjs', '8.8.0', 'node_modules/@temporalio/common');
  expect(problems()).toContain('  there are 2 of protobufjs: ');
  expect(problems()).toContain(`${project}/node_modules/@temporalio/common/node_modules/protobufjs`);
});

test('a tool of another version is the affair of the project', () => {
  install('typescript', '5.9.0');
  expect(problems()).toBeUndefined();
});

test('the command line of another installation says how to run the one of the project', () => {
  writeManifest('elsewhere', { name: 'sagaline', version: '0.1.1', peerDependencies: PEERS });
  expect(problems('elsewhere')).toContain('Run it with "npx sagaline" in the folder of the project.');
});
