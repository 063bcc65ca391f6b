const NUL = '\0';
const HALF_OF_A_PAIR = /\p{Surrogate}/gu;

/**
 * Whether PostgreSQL can store the text, in `text` and in `jsonb`: it refuses a NUL character and half of a surrogate
 * pair. Without this check an event with one would be accepted, but its workflow could never store it.
 *
 * @example
 * z.string().max(200).refine(isStorable, 'has characters that cannot be stored');
 */
export function isStorable(text: string): boolean {
  return !text.includes(NUL) && text.search(HALF_OF_A_PAIR) < 0;
}

/**
 * Makes foreign text, for example a provider's message, storable: replaces what cannot be stored, and cuts the text to `max` characters.
 *
 * @example
 * storableText('what a provider has answered', 500);
 */
export function storableText(text: string, max: number): string {
  // Cut first: a cut in the middle of a pair leaves half of it, which is then replaced.
  return text.slice(0, max).replaceAll(NUL, '\ufffd').replace(HALF_OF_A_PAIR, '\ufffd');
}

/** Control characters, and what Unicode calls a line or a paragraph separator. */
const BREAKS_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text is one line and stays one wherever it is printed: it has no control character and no separator of lines.
 *
 * @example
 * z.string().max(200).refine(isOneLine, 'must be one line');
 */
export function isOneLine(text: string): boolean {
  return !BREAKS_A_LINE.test(text);
}

/**
 * Characters other than line breaks and tabs that move a terminal's cursor, break a line, change the direction of the
 * text around them, or are not seen: control and format characters, line separators, and what Unicode calls ignorable,
 * such as soft hyphens, variation selectors, tags and fillers. Two texts that look the same are the same, but for
 * letters that look alike. An emoji made of several is shown as its parts.
 */
const DECEIVING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes a text safe for a terminal: writes characters that could deceive the reader as their codes. Line breaks and
 * tabs stay. The codes are those of JSON, so that JSON stays JSON, with the same values.
 */
export function visible(text: string): string {
  return text.replace(DECEIVING, codesOf);
}

/** One code for each UTF-16 unit, as in JSON. */
function codesOf(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Makes a text safe for one line of a terminal: like {@link visible}, but line breaks and tabs become codes too, so
 * that the text cannot forge a line.
 */
export function oneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
