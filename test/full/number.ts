/**
 * A whole number from the command line, or the preset where none is given.
 *
 * @throws Error that names what is wrong: a suite must not run for minutes with `NaN`
 */
export function numberGiven(what: string, preset: number): number {
  const [, , given] = process.argv;
  if (given === undefined) return preset;
  if (!/^\d{1,10}$/.test(given)) throw new Error(`${what}: a whole number is needed, not "${given}"`);
  return Number(given);
}
