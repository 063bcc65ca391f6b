/** A text in Temporal's list filter, whatever it contains. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, (special) => `\\${special}`)}"`;
}
