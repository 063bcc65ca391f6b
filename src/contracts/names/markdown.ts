/** Markdown for the Temporal UI: text from outside is shown as it is, and can make no heading, link or list. */
import { oneLine } from './text';

/** Text with formatting of our own, made by {@link markdown}. Everything else is plain text. */
export interface Markdown {
  readonly markdown: string;
}

/** What a person reads: plain text, or Markdown of our own. */
export type Words = string | Markdown;

/** Characters that begin Markdown, an HTML element or an entity anywhere in a line. */
const ANYWHERE = /[\\`*[\]<>|~&]/g;
/** `_` is a letter within a word: `order_1_2` stays readable. */
const UNDERSCORE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** What makes a heading, a list or a rule at the start of a line. */
const AT_START = /^(\s*)([#+=:-])/;
const NUMBERED = /^(\s*\d+)([.)])/;
const INDENT = /^\s+/;

/**
 * Makes Markdown. The template is formatting; values are plain text and are escaped, unless they are Markdown
 * themselves.
 *
 * @example
 * markdown`**${'releaseStock'}** fails: ${'a [message](https://example.com) from elsewhere'}`;
 */
export function markdown(template: TemplateStringsArray, ...values: readonly (Words | number)[]): Markdown {
  const text = template.map((part, at) => part + shown(values[at] ?? '')).join('');
  return { markdown: text };
}

/**
 * Text in the font of code.
 *
 * @example
 * markdown`It refused ${code('{"kind":"skip"}')}.`;
 */
export function code(text: string): Markdown {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  // A span takes away one space at each end, if it has both.
  return { markdown: line.trim() === '' ? escaped(line) : `${fence} ${line} ${fence}` };
}

/**
 * Lines below each other.
 *
 * @example
 * lines(['Waits for the payment.', markdown`**2** parcels are on their way.`]);
 */
export function lines(all: readonly Words[]): Markdown {
  return { markdown: all.map(markdownOf).join('\n') };
}

/** The Markdown that shows the words: plain text is escaped, and is one line. */
export function markdownOf(words: Words): string {
  return typeof words === 'string' ? escaped(words) : words.markdown;
}

/** Undoes the escaping, for a terminal: our own formatting stays. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

/**
 * Temporal refuses a summary of more than 400 bytes, with its encoding and a codec, and the workflow task with it.
 */
const SUMMARY_BYTES = 240;

/** A summary for the Temporal UI: one line of Markdown, cut to what Temporal takes. */
export function summaryOf(text: string): string {
  // Cut before it is escaped: half of an escape would escape what follows.
  const characters = Array.from(text);
  const bytes = (words: string) => new TextEncoder().encode(words).length;
  let kept = Math.min(characters.length, SUMMARY_BYTES);
  const cut = () => `${escaped(characters.slice(0, kept).join(''))}${kept < characters.length ? '…' : ''}`;
  while (bytes(cut()) > SUMMARY_BYTES) kept -= 1;
  return cut();
}

function shown(value: Words | number): string {
  return markdownOf(typeof value === 'number' ? String(value) : value);
}

function escaped(text: string): string {
  return oneLine(text)
    .replace(ANYWHERE, '\\$&')
    .replace(UNDERSCORE, '\\_')
    .replace(AT_START, '$1\\$2')
    .replace(NUMBERED, '$1\\$2')
    .replace(INDENT, ' ');
}
