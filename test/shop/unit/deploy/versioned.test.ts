// Which code goes on with an open workflow after a deploy: each workflow says so, and docs/deploys.md says why.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as workflows from '../../../../workflows/shop';

const page = readFileSync(path.resolve(__dirname, '../../../../docs/deploys.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([\w-]+)` +\| `(?:PINNED|AUTO_UPGRADE)` +\|/gm)].map(([, name]) => name);

test.each(Object.entries(workflows))('%s says how it is versioned', (_, workflow) => {
  // Where the SDK keeps what `setWorkflowOptions` was given.
  expect(workflow).toHaveProperty('workflowDefinitionOptions', expect.any(Function));
});

test('the page has a row with the reason for each', () => {
  expect(rows.sort()).toEqual(Object.keys(workflows).sort());
});
