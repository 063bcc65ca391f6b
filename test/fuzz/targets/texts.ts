import MarkdownIt from 'markdown-it';
import {
  headerText,
  fromHeaderText,
  isOneLine,
  isStorable,
  oneLine,
  storableText,
  summaryOf,
  visible,
} from '../../../src/contracts';
import { secretMask } from '../../../src/config/secret-mask';
import { code, markdown, markdownOf, withoutEscapes } from '../../../src/contracts/names/markdown';
import type { Target } from './target';
import { ensure } from './target';

const DECEIVING = /(?!\n|\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\ufeff]/u;
const SECRET = 'hunter2-hunter2';
const mask = secretMask(() => new Set([SECRET, 'a', '$&', '\\"quoted"']));
const renderer = new MarkdownIt({ html: true });

/** Text from outside, wherever it is shown: it deceives no terminal, and makes nothing in Markdown. */
export const texts: Target = {
  seeds: [
    '[pay](https://evil.example)\n# Paid \u001b[2J\u202e',
    '1. one\n- two\n```\ncode\n``` `x` <b>&amp;</b> ~~s~~ a_b_ __c__ | t |\n===',
    `postgresql://user:${SECRET}@host/db ${SECRET} \ud800 \0`,
    '\u{1f600}'.repeat(100),
  ].map((text) => Buffer.from(text)),
  run: (input) => {
    const text = input.toString('utf8');
    const shown = visible(text);
    ensure(!DECEIVING.test(shown) && visible(shown) === shown, 'a visible text has nothing that deceives');
    ensure(isOneLine(oneLine(text)), 'one line is one line');
    ensure(isStorable(storableText(text, 50)), 'a storable text can be stored');
    ensure(
      fromHeaderText(headerText(text.slice(0, 20))) === wellFormed(text.slice(0, 20)),
      'a header is read',
    );
    ensure(!mask(text).includes(SECRET), 'a secret is masked');
    ensure(Buffer.byteLength(summaryOf(text)) <= 240, 'a summary is short');
    checkMarkdown(text);
  },
};

/** A cut leaves half of a pair, which has no encoding. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function checkMarkdown(text: string): void {
  ensure(withoutEscapes(markdownOf(text)).trim() === oneLine(text).trim(), 'an escape can be undone');
  for (const words of [text, markdown`${text}`, markdown`**a** ${text} b`, code(text)]) {
    const tags = renderer.render(markdownOf(words)).match(/<\/?[a-z]\w*/g) ?? [];
    const made = tags.filter((tag) => !/^<\/?(p|strong|code)$/.test(tag));
    ensure(made.length === 0, `a text makes nothing in Markdown: ${made.join()}`);
  }
}
