// The bugs of `npm run test:full -- matrix` are texts in files: each must be there to be replaced, or the run proves nothing.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENGINE_BUGS, NO_BUG, ORDER_BUGS } from '../../../support/mutants/engine-bugs';

const ROOT = path.resolve(__dirname, '../../../..');

test.each(Object.entries({ ...ENGINE_BUGS, ...ORDER_BUGS, 'no bug': NO_BUG }))('%s', (_, { file, from }) => {
  expect(readFileSync(path.join(ROOT, file), 'utf8').split(from)).toHaveLength(2);
});
