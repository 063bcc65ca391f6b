/** Bundles workflows that only one test file needs, outside of jest's module system: `tsx bundle.ts <source> <file>`. */
import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundling } from '../../src/runtime/workflows/code';

async function main([workflowsPath = '', file = '']: readonly string[]): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...bundling,
    workflowsPath,
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(file, code);
}

void main(process.argv.slice(2));
