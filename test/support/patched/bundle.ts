/** Bundles the four versions of `parcel` into a folder, outside of jest's module system: `tsx bundle.ts <folder>`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflows } from '../../../src/runtime/workflows/bundle';
import { VERSIONS } from './versions';

async function main(folder: string): Promise<void> {
  await Promise.all(
    VERSIONS.map(async (version) => {
      const { code } = await bundleWorkflows({ workflowsPath: path.join(__dirname, `${version}.ts`) });
      await writeFile(path.join(folder, `${version}.js`), code);
    }),
  );
}

void main(process.argv[2] ?? '');
