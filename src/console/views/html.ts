import { visible } from '../../contracts';

declare const marked: unique symbol;

/** Text that is HTML. Only `html` makes it, so that every other text is escaped. */
export interface Html {
  readonly [marked]: true;
  toString(): string;
}

/** What a template takes: a text is escaped, HTML is not, a list is joined, and nothing is nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[];

/** The class is not exported: nothing that was parsed from JSON is one. */
class Markup {
  declare readonly [marked]: true;
  constructor(private readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** A template whose parts are escaped, for text and for attributes in quotes. Characters that deceive are shown as codes. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Markup(texts.map((text, at) => text + markupOf(parts[at])).join(''));
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.toString();
  if (Array.isArray(part)) return part.map(markupOf).join('');
  return visible(String(part)).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}
