import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project';

/** Each entry point once used rightly, and once wrongly: where its types were `any`, nothing would be wrong with that. */
const USE = `import { defineConfig, defineEvent } from 'sagaline';
import { activity } from 'sagaline/activities';
import { createEventPublisher } from 'sagaline/publisher';
import { createScript } from 'sagaline/testing';
import { openSaga } from 'sagaline/workflow';
import { z } from 'zod';

export const raised = defineEvent({
  type: 'com.example.devices.alert-raised.v1',
  entity: 'device',
  summary: 'A device raised an alert.',
  schema: z.strictObject({ deviceId: z.string() }),
  key: ({ deviceId }) => deviceId,
  example: { deviceId: 'dev-1' },
});
// @ts-expect-error the data has no such field
raised.key({ device: 'dev-1' });

export default defineConfig({ domains: [], pools: {} });
// @ts-expect-error domains are a list
defineConfig({ domains: 1, pools: {} });

export const open = activity(({ id }: { id: string }) => Promise.resolve(id.length));
// @ts-expect-error an activity is a function
activity('open');

export const publisher = createEventPublisher({ to: { gateway: 'http://127.0.0.1:8080' }, source: '/sensors' });
export const published = publisher.publish(raised, { deviceId: 'dev-1' });
// @ts-expect-error the data of another event
void publisher.publish(raised, { orderId: 'o-1' });

export const script = createScript<'open' | 'close'>();
// @ts-expect-error no step of the script
script.fail('shut', new Error('away'));

export const saga = openSaga();
// @ts-expect-error a step is no text
void saga.step('open');
`;

const ENTRY_POINTS = ['', '/workflow', '/activities', '/publisher', '/testing'].map(
  (name) => `sagaline${name}`,
);
const FOLDER = 'consumer';
const FORMATS = { commonjs: 'CommonJS', module: 'ESM' } as const;
const RESOLUTIONS = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'preserve', moduleResolution: 'bundler' },
] as const;

/** The types, for each way in which TypeScript finds them: no error in the package's own declarations, nor in their use. */
export async function checkTypes(project: Project): Promise<string> {
  for (const format of Object.keys(FORMATS)) {
    const folder = path.join(project.folder, FOLDER, format);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: format }));
    writeFileSync(path.join(folder, 'use.ts'), USE);
  }
  const ways = Object.entries(FORMATS).flatMap(([format, name]) =>
    RESOLUTIONS.map((resolution) => ({ format, resolution, name: `${resolution.moduleResolution} ${name}` })),
  );
  const checks = ways.map(async ({ format, resolution, name }) => {
    const file = path.join(FOLDER, `${name.replace(' ', '-')}.json`);
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      // Errors in declarations are to be seen.
      skipLibCheck: false,
    };
    writeFileSync(
      path.join(project.folder, file),
      JSON.stringify({ compilerOptions, files: [`${format}/use.ts`] }),
    );
    // Declarations of other packages have errors of their own, with or without us.
    const out = await project.any(['npx', 'tsc', '--project', file]);
    const ours = out.split('\n').filter((line) => /^(consumer|node_modules\/sagaline)\/|^error/.test(line));
    assert.deepEqual(ours, [], `${name}:\n${out}`);
    return name;
  });
  return (await Promise.all(checks)).join(', ');
}

/** `require()` and `import()` of each entry point give the same names. */
export async function checkEntryPoints(project: Project): Promise<string> {
  const names = (load: string) =>
    `Promise.all(${JSON.stringify(ENTRY_POINTS)}.map(async (name) => [name, Object.keys(${load})])).then((all) => console.log(JSON.stringify(all)))`;
  const told = async (args: readonly string[]) =>
    new Map(JSON.parse(await project.run(['node', ...args])) as [string, string[]][]);
  const required = await told(['--eval', names('require(name)')]);
  const imported = await told(['--input-type=module', '--eval', names('await import(name)')]);
  for (const name of ENTRY_POINTS) {
    assert.ok(exportsIn(required.get(name)).length > 0, name);
    assert.deepEqual(exportsIn(imported.get(name)), exportsIn(required.get(name)), name);
  }
  return ENTRY_POINTS.map((name) => `${name}: ${exportsIn(required.get(name)).length}`).join(', ');
}

/** What Node and TypeScript add to a CommonJS module. */
const ADDED = ['__esModule', 'default', 'module.exports'];

function exportsIn(names: readonly string[] = []): string[] {
  return names.filter((name) => !ADDED.includes(name)).sort();
}
