// `events docs` and `events check`: what they write, what they say, and how they exit.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Domain, Route } from '../../../../src/contracts';
import { defineDomain, defineEvent, defineRoutes, route } from '../../../../src/contracts';
import { testCli } from '../../../support/cli';
import { ping, pinged, pingDomain, pingedV1, ponged } from '../../../support/ping/domain';

/** The pings, with a lower bound in the contract of the second version. */
const lower = z.strictObject({
  pingId: z.string().min(1).max(64),
  note: z.string().max(100).optional(),
  urgency: z.int().min(0).max(9),
});
const changed = defineDomain({
  ...pingDomain,
  events: [pingedV1, ponged, defineEvent({ ...pinged, schema: lower })],
});
let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sagaline-contracts-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const cli = (domain: Domain = pingDomain) => testCli({}, [domain]);
const inFolder = (name: string) => path.join(folder, name);

test('docs writes the reference, then finds it up to date, and what differs', async () => {
  const docs = (...args: string[]) => cli()('events', 'docs', '--out', folder, '-o', 'json', ...args);
  expect((await docs('--check')).problem()).toMatchObject({ code: 'docs-differ' });
  const made = await docs();
  expect(made.json()).toMatchObject({ events: 3, files: 10, removed: [] });
  expect(await docs('--check')).toMatchObject({ code: 0 });

  await writeFile(inFolder('pings.md'), 'edited');
  await writeFile(inFolder('schemas/gone.v1.data.json'), '{}');
  await writeFile(inFolder('notes.md'), 'a page of somebody else');
  const differing = await docs('--check');
  expect([differing.code, differing.problem()['files']]).toEqual([
    1,
    ['pings.md', 'schemas/gone.v1.data.json'],
  ]);
  expect((await docs()).json()).toMatchObject({
    written: ['pings.md'],
    removed: ['schemas/gone.v1.data.json'],
  });
  expect(await docs('--check')).toMatchObject({ code: 0 });
  expect(await readFile(inFolder('notes.md'), 'utf8')).toBe('a page of somebody else');
});

describe('a domain whose routes are made of settings that are not set', () => {
  const settings = z.object({ LOUD_FROM: z.coerce.number(), NOTE: z.string() });
  const made = (routes: (given: { LOUD_FROM: number; NOTE: string }) => readonly Route[]) =>
    defineDomain({ ...pingDomain, settings, routes });
  const opening = ({ LOUD_FROM }: { LOUD_FROM: number }) =>
    defineRoutes({
      loud: route({
        event: pinged,
        condition: ({ data }) => data.urgency >= LOUD_FROM,
        workflow: ping,
        opens: true,
      }),
    });

  test('is described and compared', async () => {
    const run = cli(made(opening));
    expect((await run('events', 'docs', '--out', folder)).code).toBe(0);
    expect(await readFile(inFolder('pings.md'), 'utf8')).toContain(
      'route `loud`: may open `ping`, under a condition',
    );
    expect((await run('events', 'check', '--against', folder, '--accept')).code).toBe(0);
  });

  test('that cannot be read without them names them', async () => {
    const run = cli(made(({ NOTE }) => (NOTE.length > 0 ? [] : [])));
    const refused = await run('events', 'docs', '--out', folder, '-o', 'json');
    expect(refused.problem()).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/LOUD_FROM is missing\n.*NOTE is missing/) as string,
    });
  });
});

test('check needs a lock file, which --accept makes; in its folder, or by its name', async () => {
  const missing = await cli()('events', 'check', '--against', folder);
  expect([missing.code, missing.error]).toEqual([2, expect.stringMatching(/no-such-file: .*--accept makes/)]);
  expect(await cli()('events', 'check', '--against', folder, '--accept')).toMatchObject({ code: 0 });
  const lock = inFolder('contracts.lock.json');
  expect(await cli()('events', 'check', '--against', lock)).toMatchObject({
    code: 0,
    out: '3 contracts are as they were published',
  });
  await writeFile(lock, '{"contracts": 7}');
  expect(await cli()('events', 'check', '--against', lock)).toMatchObject({
    code: 2,
    error: expect.stringContaining('invalid-lock'),
  });
});

test('check fails with the type, the field, what has changed and the remedy', async () => {
  await cli()('events', 'check', '--against', folder, '--accept');
  const found = await cli(changed)('events', 'check', '--against', folder);
  expect(found).toMatchObject({
    code: 1,
    out: `breaking: ${pinged.type} data.urgency: maximum was 10, and is 9; leave this version as it is, and make ${pinged.type.replace('v2', 'v3')} with an upcast from it (docs/events.md)`,
  });
  const asJson = await cli(changed)('events', 'check', '--against', folder, '-o', 'json');
  expect([asJson.code, asJson.json()['changes']]).toMatchObject([
    1,
    [{ kind: 'breaking', path: 'data.urgency' }],
  ]);
});

test('--accept takes no breaking change; --accept-breaking takes that of one type', async () => {
  await cli()('events', 'check', '--against', folder, '--accept');
  expect(await cli(changed)('events', 'check', '--against', folder, '--accept')).toMatchObject({ code: 1 });
  const other = await cli(changed)(
    'events',
    'check',
    '--against',
    folder,
    '--accept-breaking',
    'no.such.type',
  );
  expect(other).toMatchObject({ code: 2, error: expect.stringContaining('no.such.type') });
  const taken = await cli(changed)('events', 'check', '--against', folder, '--accept-breaking', pinged.type);
  expect(taken).toMatchObject({ code: 0 });
  expect(await cli(changed)('events', 'check', '--against', folder)).toMatchObject({ code: 0 });
});
