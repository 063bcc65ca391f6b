// The tutorial and its test cannot drift apart: what `test:full -- first-process` cannot do is an error.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { editedText } from '../../../full/first-process/edit';
import { missingIn } from '../../../full/first-process/output';
import { blocksOf } from '../../../full/first-process/page';

const PAGE = path.resolve(__dirname, '../../../../docs/first-process.md');
const block = (info: string, ...lines: string[]) => ['```' + info, ...lines, '```', ''].join('\n');

test('each block of the tutorial can be followed', () => {
  const blocks = blocksOf(readFileSync(PAGE, 'utf8'));
  expect(new Set(blocks.map(({ kind }) => kind))).toEqual(new Set(['run', 'terminal', 'output', 'edit']));
});

test.each([
  ['a language that is not run', block('bash', 'ls'), 'line 1: a block of the kind "bash"'],
  ['no language', block('', 'ls'), 'line 1: a block of the kind ""'],
  ['a misspelt mark', block('sh fail', 'ls'), 'of the kind "sh fail"'],
  ['nothing in it', block('sh', ''), 'a block is empty'],
  ['no end', 'text\n```sh\nls\n', 'line 2: a block has no end'],
  ['a block in a list', '- text\n  ```sh\n  ls\n  ```\n', 'line 2: a block is indented'],
  ['an output without a command', block('text', 'done'), 'comes before its command'],
  [
    'an output of a terminal that is not open',
    block('sh', 'ls') + block('text terminal', 'up'),
    'comes before its command',
  ],
  ['an edit without a file', block('ts', 'one();', 'two();'), 'begins with the path of its file'],
  ['an edit without a place', block('ts', '// a.ts', 'two();'), 'a line that is there and a new one'],
  ['two terminals', block('sh terminal', 'a') + block('sh terminal', 'b'), 'a second terminal'],
])('%s is an error', (_, page, message) => {
  expect(() => blocksOf(page)).toThrow(message);
});

describe('an edit', () => {
  const FILE = ['import a;', '', 'try {', '  a();', '  c();', '}', 'd();', 'd();', ''].join('\n');

  test('puts the new lines among those that are there, as deep as they are', () => {
    const parts = [
      ['import a;', 'import b;'],
      ['    a();', '    if (x)', '      b();', '    c();'],
    ];
    expect(editedText(FILE, parts)).toBe(
      [
        'import a;',
        'import b;',
        '',
        'try {',
        '  a();',
        '  if (x)',
        '    b();',
        '  c();',
        '}',
        'd();',
        'd();',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['of a line that is gone', [['z();', 'b();']], 'no line reads: z();'],
    ['of a line that is there twice', [['d();', 'b();']], 'more than one line reads: d();'],
    [
      'above the part before it',
      [
        ['a();', 'b();'],
        ['import a;', 'x;'],
      ],
      'no line reads: import a;',
    ],
    ['without anything new', [['a();', 'c();']], 'nothing is new below: a();'],
  ])('%s is an error', (_, parts, message) => {
    expect(() => editedText(FILE, parts)).toThrow(message);
  });
});

test('expected lines are parts of lines, in their order', () => {
  const output = 'at 10:00  started\nat 10:01  ended\n';
  expect(missingIn(output, ['started', 'ended'])).toBeUndefined();
  expect(missingIn(output, ['ended', 'started'])).toBe('started');
  expect(missingIn(output, ['started', 'started'])).toBe('started');
});
