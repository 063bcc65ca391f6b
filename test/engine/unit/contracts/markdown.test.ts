// Text from outside is shown in the Temporal UI as it is: it makes no link, heading, list, image or second line.
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { oneLine } from '../../../../src/contracts';
import {
  code,
  lines,
  markdown,
  markdownOf,
  summaryOf,
  withoutEscapes,
} from '../../../../src/contracts/names/markdown';

/** CommonMark with tables, as the Temporal UI has it, and with HTML, so that an element would be found. */
const parser = new MarkdownIt({ html: true });

/** What a reader sees: the kinds of everything but plain text, and the text. */
function shown(text: string): { kinds: string[]; text: string } {
  const inline = parser.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const plain = ['inline', 'text', 'text_special', 'paragraph_open', 'paragraph_close'];
  return {
    kinds: inline.map(({ type }) => type).filter((type) => !plain.includes(type)),
    text: inline
      .filter(({ type }) => type === 'text' || type === 'code_inline')
      .map(({ content }) => content)
      .join(''),
  };
}

const HOSTILE = [
  '# heading',
  '- item',
  '1. item',
  '===',
  ':-:',
  '    code',
  '[text](https://evil.example)',
  '![image](https://evil.example/x.png)',
  '<https://evil.example>',
  '<img src=x>',
  '**bold** _cursive_ ~~gone~~ `code`',
  '&lt;b&gt;',
  'a\n\n# heading',
  'a | b\n--- | ---',
  'ends with \\',
  '\u202egnp.exe\u001b[2J',
];
const markup = fc.constantFrom(...'\\`*_[]()<>|~&#+-=!:.1 \na'.split(''), '\u202e', '\u001b', '\u2066');
const foreign = fc.oneof(
  fc.string({ unit: markup, maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const examples = HOSTILE.map((text): [string] => [text]);
const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

test('plain text is plain text, whatever is in it', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      const found = shown(markdownOf(text));
      expect(found.kinds).toEqual([]);
      expect(squeezed(found.text)).toBe(squeezed(oneLine(text)));
    }),
    { examples, numRuns: 500 },
  );
});

test('a value cannot leave its place in a template', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      expect(shown(markdown`Because **of** x${text}x.`.markdown).kinds).toEqual([
        'strong_open',
        'strong_close',
      ]);
      expect(shown(lines(['First', text]).markdown).kinds.filter((kind) => kind !== 'softbreak')).toEqual([]);
    }),
    { examples, numRuns: 500 },
  );
});

test('code is code, whatever is in it', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      const { kinds } = shown(markdown`It is ${code(text)}!`.markdown);
      expect(kinds).toEqual(
        text.trim() === '' && !/[\n\t]/.test(text) && oneLine(text) === text ? [] : ['code_inline'],
      );
    }),
    { examples, numRuns: 500 },
  );
});

test('a summary is one line that Temporal takes, and a terminal shows it without escapes', () => {
  fc.assert(
    fc.property(fc.string({ unit: markup, maxLength: 400 }), (text) => {
      const summary = summaryOf(text);
      expect(shown(summary).kinds).toEqual([]);
      expect(summary).not.toMatch(/[\p{Cc}\p{Bidi_C}]/u);
      expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(240);
    }),
    { examples: [['\u001b'.repeat(400)], ['*'.repeat(239)], ...examples] },
  );
  expect(withoutEscapes(summaryOf('Tell a*b@example.com'))).toBe('Tell a*b@example.com');
});

test('ordinary text stays as it is', () => {
  for (const text of [
    'Take 12.50 EUR',
    'Order order_1_2',
    'Book the carrier to Łódź',
    'Paid; waiting (2 of 3).',
  ])
    expect(summaryOf(text)).toBe(text);
});
