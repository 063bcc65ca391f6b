import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { addTo } from '../../../../src/cli/project/add';
import { edited, THERE } from '../../../../src/cli/project/add/edit';

const ROOT = path.resolve(__dirname, '../../../..');
const TEMPLATE = path.join(ROOT, 'create/template-minimal');

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sagaline-add-'));
  cpSync(TEMPLATE, root, { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Not those of the packages: a link leads to thousands. */
const files = () =>
  readdirSync(root)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) =>
      statSync(path.join(root, name)).isDirectory()
        ? [
            name,
            ...readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' }).map((file) =>
              path.join(name, file),
            ),
          ]
        : [name],
    );
const snapshot = () =>
  files().map((file) => [file, file.includes('.') ? readFileSync(path.join(root, file), 'utf8') : '']);

test.each([
  ['../evil', 'is no name for an event'],
  ['a/b', 'is no name for an event'],
  ['', 'is no name for an event'],
  ['9lives', 'is no name for an event'],
  ['class', 'is no name for an event'],
  ['x'.repeat(41), 'is no name for an event'],
  ['ticketRequested', 'nothing was written'],
  ['ticket-requested', 'nothing was written'],
])('the event "%s" is refused, and nothing is written', (name, message) => {
  const before = snapshot();
  expect(() => addTo(root, 'event', name, {})).toThrow(message);
  expect(snapshot()).toEqual(before);
});

test.each<[string, 'domain' | 'step', string, object, string]>([
  ['a reserved word of SQL', 'domain', 'order', {}, 'is a reserved word of SQL; choose another'],
  ['a name of the project’s files', 'domain', 'config', {}, 'have it for something else; choose another'],
  [
    'a step compensated by itself',
    'step',
    'payBack',
    { compensation: 'payBack' },
    'cannot be compensated by itself',
  ],
  [
    'a compensation of another step',
    'step',
    'payBack',
    { compensation: 'releaseSeat' },
    'has an activity "releaseSeat" already',
  ],
  ['a step by the name of an activity', 'step', 'releaseSeat', {}, 'has an activity "releaseSeat" already'],
])('%s is refused, and nothing is written', (_, kind, name, given, message) => {
  const before = snapshot();
  expect(() => addTo(root, kind, name, given)).toThrow(message);
  expect(snapshot()).toEqual(before);
});

test('what cannot be written whole is not written', () => {
  writeFileSync(path.join(root, 'test/unit/pools'), 'a file where a folder should be');
  const before = snapshot();
  expect(() => addTo(root, 'pool', 'pay', { domain: 'tickets' })).toThrow('nothing was written');
  expect(snapshot()).toEqual(before);
});

test('a file of this name is not overwritten, though nothing registers it', () => {
  writeFileSync(path.join(root, 'domains/tickets/events/ticket-lost.ts'), '// mine');
  const before = snapshot();
  expect(() => addTo(root, 'event', 'ticketLost', {})).toThrow(
    'domains/tickets/events/ticket-lost.ts exists already; nothing was written',
  );
  expect(snapshot()).toEqual(before);
});

test('a name that is registered is not registered twice, though its file is elsewhere', () => {
  rmSync(path.join(root, 'domains/tickets/events/ticket-requested.ts'));
  rmSync(path.join(root, 'test/unit/events/ticket-requested.test.ts'));
  const before = snapshot();
  expect(() => addTo(root, 'event', 'ticketRequested', {})).toThrow(
    'has ticketRequested already; nothing was written',
  );
  expect(snapshot()).toEqual(before);
});

test('what does not exist is named, with what does', () => {
  expect(() => addTo(root, 'event', 'x', { domain: 'nope' })).toThrow('there are tickets');
  expect(() => addTo(root, 'workflow', 'x', { event: 'nope', step: 'reserveSeat' })).toThrow(
    'there are ticket-requested',
  );
  expect(() => addTo(root, 'route', 'x', { event: 'ticketRequested', workflow: 'nope' })).toThrow(
    'has no workflow "nope"',
  );
});

test('a dry run shows what would be written, and writes nothing', () => {
  const before = snapshot();
  const { lines } = addTo(root, 'event', 'ticketLost', { dryRun: true });
  expect(lines.join('\n')).toContain('export const ticketLost = defineEvent({');
  expect(lines.join('\n')).toContain('+++ domains/tickets/names.ts');
  expect(snapshot()).toEqual(before);
});

test('a workflow is recorded when it is written; a dry run records nothing', () => {
  addTo(root, 'event', 'ticketLost', {});
  const before = snapshot();
  const wanted = { event: 'ticketLost', step: 'reserveSeat', dryRun: true } as const;
  const { lines, records } = addTo(root, 'workflow', 'waiting-list', wanted);
  expect(records).toBe('test/replay/histories/waitingList.json');
  expect(lines).toContain('  new      test/replay/histories/waitingList.json, recorded');
  expect(snapshot()).toEqual(before);
});

test('an old history of the name of a new workflow is not taken for its own', () => {
  writeFileSync(path.join(root, 'test/replay/histories/waitingList.json'), '{}');
  addTo(root, 'event', 'ticketLost', {});
  const wanted = { event: 'ticketLost', step: 'reserveSeat' };
  expect(() => addTo(root, 'workflow', 'waitingList', wanted)).toThrow('nothing was written');
});

const quoteDoubly = (file: string) => {
  const at = path.join(root, file);
  writeFileSync(at, readFileSync(at, 'utf8').replaceAll("'", '"'));
};

test.each(['../domains/tickets', '../domains/tickets/index.js'])(
  'the domain of a pool is read from an import of %s in double quotes',
  (module) => {
    const worker = path.join(root, 'workers/tickets.ts');
    writeFileSync(worker, readFileSync(worker, 'utf8').replace("'../domains/tickets'", `'${module}'`));
    quoteDoubly('workers/tickets.ts');
    addTo(root, 'step', 'printTicket', { compensation: 'withdrawTicket' });
    expect(readFileSync(worker, 'utf8')).toContain(
      '...createPrintTicketActivities(createPostgresPrintTicket(database))',
    );
  },
);

test('the first step of a workflow has a compensation, in single or double quotes', () => {
  const capability = 'domains/tickets/capabilities/reserve-seat.ts';
  const wanted = { event: 'ticketLost', step: 'reserveSeat' };
  addTo(root, 'event', 'ticketLost', {});
  quoteDoubly(capability);
  expect(addTo(root, 'workflow', 'waitingList', { ...wanted, dryRun: true }).byHand).toBe(false);
  const text = readFileSync(path.join(root, capability), 'utf8');
  writeFileSync(path.join(root, capability), text.replace('undoneBy: "releaseSeat", ', ''));
  const before = snapshot();
  expect(() => addTo(root, 'workflow', 'waitingList', wanted)).toThrow('names no undoneBy');
  expect(snapshot()).toEqual(before);
});

describe('a registration', () => {
  const add = (text: string) =>
    edited(ts, text, { kind: 'entry', place: { constant: 'A' }, name: 'x', text: 'x: 1' });

  test.each([
    ['const A = {} as const;\n', 'const A = {\n  x: 1,\n} as const;\n'],
    ['const A = { y: 2 };\n', 'const A = { y: 2, x: 1 };\n'],
    ['const A = {\n  y: 2,\n};\n', 'const A = {\n  y: 2,\n  x: 1,\n};\n'],
    ['const A = {\n  y: 2 // why\n};\n', 'const A = {\n  y: 2,\n  x: 1 // why\n};\n'],
    ["const A = { x: 'there' };\n", THERE],
    ["const A = { 'x': 1 };\n", THERE],
    ['const A = made({ y: 2 });\n', undefined],
    ['const B = {};\n', undefined],
    ['const A = {\n', undefined],
  ])('%j', (before, after) => expect(add(before)).toBe(after));

  test('an import joins that of its module', () => {
    const from = { kind: 'import', from: './m' } as const;
    expect(edited(ts, "import { a } from './m';\n", { ...from, name: 'b' })).toBe(
      "import { a, b } from './m';\n",
    );
    expect(edited(ts, "import type { a } from './m';\n", { ...from, name: 'b' })).toBe(
      "import type { a } from './m';\nimport { b } from './m';\n",
    );
    expect(edited(ts, "import { a } from './m';\n", { ...from, name: 'a' })).toBe(THERE);
  });
});

describe('in a project that is formatted in another way', () => {
  const SOURCES = ['workers', 'domains', 'workflows', 'activities', 'test', 'sagaline.config.ts'];
  const sources = () =>
    files().filter((file) => file.endsWith('.ts') && SOURCES.includes(file.split('/')[0] ?? ''));
  const format = (change: (text: string) => string) => {
    for (const file of sources())
      writeFileSync(path.join(root, file), change(readFileSync(path.join(root, file), 'utf8')));
  };
  const addAll = () => {
    addTo(root, 'event', 'ticketLost', {});
    addTo(root, 'step', 'chargeCard', { compensation: 'refundCard' });
    addTo(root, 'workflow', 'lost', { event: 'ticketLost', step: 'chargeCard' });
  };
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

  test('double quotes are read', () => {
    format((text) => text.replaceAll("'", '"'));
    addAll();
    // What `add` has written has single quotes, until the project's formatter runs again.
    format((text) => text.replaceAll("'", '"'));
    addTo(root, 'event', 'ticketSold', {});
    addTo(root, 'workflow', 'sold', { event: 'ticketSold', step: 'chargeCard' });
    expect(read('domains/tickets/routes.ts')).toContain('ticket-sold');
    expect(read('workers/tickets.ts')).toContain(
      '...createChargeCardActivities(createPostgresChargeCard(database))',
    );
  });

  test('files that end their lines with CRLF keep it', () => {
    const before = sources();
    format((text) => text.replaceAll('\n', '\r\n'));
    addAll();
    const mixed = before.filter((file) => /(?<!\r)\n/.test(read(file)));
    expect(mixed).toEqual([]);
    expect(read('domains/tickets/names.ts')).toContain('ticketLost');
  });
});

describe('in a project of ES modules', () => {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const change = (file: string, from: string, to: string) => {
    expect(read(file)).toContain(from);
    writeFileSync(path.join(root, file), read(file).replace(from, to));
  };
  beforeEach(() => {
    change('package.json', '"private": true,', '"private": true, "type": "module",');
    // As its author has it: Node finds no index by itself.
    change('workers/tickets.ts', "'../domains/tickets'", "'../domains/tickets/index.js'");
  });

  test('imports have the names of the files that Node will load', () => {
    const before = files();
    addTo(root, 'domain', 'parcels', {});
    addTo(root, 'event', 'parcelSent', { domain: 'parcels' });
    addTo(root, 'step', 'printTicket', { pool: 'tickets', compensation: 'withdrawTicket' });
    const written = files().filter((file) => file.endsWith('.ts') && !before.includes(file));
    const imports = written.flatMap((file) =>
      [...read(file).matchAll(/ from '(\.[^']+)'/g)].map(([, from = '']) =>
        path.join(path.dirname(file), from),
      ),
    );
    expect(imports.length).toBeGreaterThan(10);
    const isThere = (module: string) => existsSync(path.join(root, module.replace(/\.js$/, '.ts')));
    expect(imports.filter((module) => !module.endsWith('.js') || !isThere(module))).toEqual([]);
    expect(read('workers/tickets.ts')).toContain("from '../activities/print-ticket.js'");
    expect(read('domains/parcels/events/index.ts')).toContain("export * from './parcel-sent.js';");
  });

  test('a configuration file of its own kind is edited, and imported', () => {
    renameSync(path.join(root, 'sagaline.config.ts'), path.join(root, 'sagaline.config.mts'));
    addTo(root, 'domain', 'parcels', {});
    expect(read('sagaline.config.mts')).toContain("import { parcels } from './domains/parcels/index.js';");
    expect(read('test/unit/domains/parcels.test.ts')).toContain("from '../../../sagaline.config.mjs'");
  });
});

test('the template has the versions that the engine was made with', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as {
      version: string;
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
  const template = read('create/template-minimal/package.json');
  // Peers have a range here, and one version in the lock file.
  const versionOf = (name: string) =>
    read(name === 'sagaline' ? 'package.json' : `node_modules/${name}/package.json`).version;
  const pinned = { ...template.dependencies, ...template.devDependencies };
  expect(pinned).toEqual(Object.fromEntries(Object.keys(pinned).map((name) => [name, versionOf(name)])));
});
