import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project';

/** Each entry point once used rightly, and once wrongly: where its types were `any`, nothing would be wrong with that. */
const USE = `import { defineConfig, defineEvent, external } from 'sagaline';
import { activity } from 'sagaline/activities';
import { createEventPublisher } from 'sagaline/publisher';
import { createScript } from 'sagaline/testing';
import { openDecisions, openSaga } from 'sagaline/workflow';
import { z } from 'zod';

export const raised = defineEvent({
  type: 'com.example.devices.alert-raised.v1',
  entity: 'device',
  summary: 'A device raised an alert.',
  origin: external('the sensors'),
  schema: z.strictObject({ deviceId: z.string() }),
  key: ({ deviceId }) => deviceId,
  example: { deviceId: 'dev-1' },
});
// @ts-expect-error the data has no such field
raised.key({ device: 'dev-1' });

export default defineConfig({ domains: [], pools: {} });
// @ts-expect-error domains are a list
defineConfig({ domains: 1, pools: {} });

const input = z.object({ deviceId: z.string() });
export const open = activity(input, ({ deviceId }) => Promise.resolve(deviceId.length));
// @ts-expect-error the input has no such field
activity(input, ({ device }) => Promise.resolve(device));

export const publisher = createEventPublisher({ to: { gateway: 'http://127.0.0.1:8080' }, source: '/sensors' });
export const published = publisher.publish(raised, { deviceId: 'dev-1' });
// @ts-expect-error the data of another event
void publisher.publish(raised, { orderId: 'o-1' });

export const script = createScript<'open' | 'close'>();
// @ts-expect-error no step of the script
script.fail('shut', new Error('away'));

export const saga = openSaga(openDecisions());
// @ts-expect-error a step is no text
void saga.step('open');
`;

const ENTRY_POINTS = ['', '/workflow', '/activities', '/publisher', '/testing'].map(
  (name) => `sagaline${name}`,
);
const FOLDER = 'consumer';
const FORMATS = ['commonjs', 'module'];
const RESOLUTIONS = [
  // Errors in the declarations are to be seen; they are the same however they are found.
  { module: 'node16', moduleResolution: 'node16', skipLibCheck: false },
  { module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: true },
  { module: 'preserve', moduleResolution: 'bundler', skipLibCheck: true },
] as const;

/** The types, for each way in which TypeScript finds them: no error in the package's own declarations, nor in their use. */
export async function checkTypes(project: Project): Promise<string> {
  for (const format of FORMATS) {
    const folder = path.join(project.folder, FOLDER, format);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: format }));
    writeFileSync(path.join(folder, 'use.ts'), USE);
  }
  for (const resolution of RESOLUTIONS) {
    const name = resolution.moduleResolution;
    const file = path.join(FOLDER, `${name}.json`);
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    };
    const files = FORMATS.map((format) => `${format}/use.ts`);
    writeFileSync(path.join(project.folder, file), JSON.stringify({ compilerOptions, files }));
    // Declarations of other packages have errors of their own, with or without us.
    const out = await project.any(['npx', 'tsc', '--project', file]);
    const ours = out.split('\n').filter((line) => /^(consumer|node_modules\/sagaline)\/|^error/.test(line));
    assert.deepEqual(ours, [], `${name}:\n${out}`);
  }
  return `${RESOLUTIONS.map(({ moduleResolution }) => moduleResolution).join(', ')}, each from CommonJS and ESM`;
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
