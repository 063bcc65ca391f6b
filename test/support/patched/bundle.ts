/** Bundles the four versions of `parcel` into a folder, outside of jest's module system: `tsx bundle.ts <folder>`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundling } from '../../../src/runtime/workflows/code';
import { VERSIONS } from './versions';

async function main(folder: string): Promise<void> {
  const logger = new DefaultLogger('ERROR');
  await Promise.all(
    VERSIONS.map(async (version) => {
      const { code } = await bundleWorkflowCode({
        ...bundling,
        workflowsPath: path.join(__dirname, `${version}.ts`),
        logger,
      });
      await writeFile(path.join(folder, `${version}.js`), code);
    }),
  );
}

void main(process.argv[2] ?? '');
