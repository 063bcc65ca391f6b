// The engine knows no shop: neither its code nor what it says to people. Comments may take the shop for an example.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const SRC = path.resolve(__dirname, '../../../src');

/** The shop's things, states and providers, in any compound: `orderId`, `createShipment`, `--order`. */
const WORDS =
  /\borders\b|order[-_ ]?id|\b(an|the) order\b(?! of)|order-|\bshops?\b|payment|shipment|parcel|\bstock|\bsku\b|refund|customer|warehouse|carrier|invoice|awaiting-decision/i;

/** Names, texts and templates of a file; what is left when its comments are gone. */
function wordsOf(text: string): { readonly line: number; readonly text: string }[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022);
  const found: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      // A compound as its words.
      found.push({ line: line + 1, text: node.text.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ') });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function shopIn(file: string): string[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  const words = file.endsWith('.ts') ? wordsOf(text) : [{ line: 1, text: text.replaceAll(/--.*/g, '') }];
  return words
    .filter((word) => WORDS.test(word.text))
    .map((word) => `src/${file}:${word.line}: ${word.text}`);
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(ts|sql)$/.test(file),
);

test('all of src is read', () => {
  expect(files.length).toBeGreaterThan(200);
});

test('no name and no text of src is of the shop', () => {
  expect(files.flatMap(shopIn)).toEqual([]);
});

test.each([
  ["log.warn({ finding }, 'an order does not add up');", 'an order does not add up'],
  ["const STATES = ['awaiting-decision'];", 'awaiting-decision'],
  ['const help = `the correlation key: an order id of ${name}`;', 'the correlation key: an order id of '],
  ['const { orderId } = data;', 'order Id'],
  [
    '/** An order of the shop. */\nexport const inTheirOrder = "in the order of the stream"; // orders',
    undefined,
  ],
])('%s', (code, expected) => {
  expect(wordsOf(code).find(({ text }) => WORDS.test(text))?.text).toBe(expected);
});
