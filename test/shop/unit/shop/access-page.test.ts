// docs/reference/access.md shows what the policy says.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { accessPage } from '../../../../scripts/access-page/render';
import { shop } from '../../../../domains/shop';

const page = readFileSync(path.resolve(__dirname, '../../../../docs/reference/access.md'), 'utf8');

test('the page is what the script would make of the policy now', () => {
  expect(accessPage([shop])).toBe(page);
});
