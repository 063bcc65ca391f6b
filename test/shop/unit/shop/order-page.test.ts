// docs/order.md shows the table by which the workflow moves.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withGeneratedParts } from '../../../../scripts/order-page/render';

const page = readFileSync(path.resolve(__dirname, '../../../../docs/order.md'), 'utf8');

test('the page is what the script would make of the table now', () => {
  expect(page).toBe(withGeneratedParts(page));
});

test('a page without a place for a generated part is refused', () => {
  expect(() => withGeneratedParts('# The order')).toThrow('no place for the diagram');
});
