import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundling, workflowCode } from '../../../src/runtime/workflows/code';

const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-workflow-code-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('sources are bundled by the worker, at its start', () => {
  expect(workflowCode(folder)).toEqual({ workflowsPath: folder, bundlerOptions: bundling });
});

test('where the build has left a bundle, that one is loaded', () => {
  const codePath = path.join(folder, 'bundle.js');
  writeFileSync(codePath, '');
  expect(workflowCode(folder)).toEqual({ workflowBundle: { codePath } });
});
