/** Bundles workflows that only one test file needs, outside of jest's module system: `tsx bundle.ts <source> <file>`. */
import { writeFile } from 'node:fs/promises';
import { bundleWorkflows } from '../../src/runtime/workflows/bundle';

async function main([workflowsPath = '', file = '']: readonly string[]): Promise<void> {
  const { code } = await bundleWorkflows({ workflowsPath });
  await writeFile(file, code);
}

void main(process.argv.slice(2));
