/** All texts and bytes within what the server has stored, each on a line: what somebody finds who reads its database. */
export function storedTexts(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(storedTexts).join('');
}
