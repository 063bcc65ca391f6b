/** The first of the expected parts that is not in the output, in its own line behind those before it; `undefined`: all are there. */
export function missingIn(output: string, expected: readonly string[]): string | undefined {
  const lines = output.split('\n');
  let at = 0;
  for (const part of expected) {
    const found = lines.findIndex((line, index) => index >= at && line.includes(part.trim()));
    if (found < 0) return part;
    at = found + 1;
  }
  return undefined;
}
