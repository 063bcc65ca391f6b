/**
 * A whole number from the command line, or the preset where none is given.
 *
 * @param position among the suite's arguments
 * @throws Error that names what is wrong: a suite must not run for minutes with `NaN`
 */
export function numberGiven(what: string, preset: number, position = 0): number {
  const given = process.argv[2 + position];
  if (given === undefined) return preset;
  if (!/^\d{1,10}$/.test(given)) throw new Error(`${what}: a whole number is needed, not "${given}"`);
  return Number(given);
}
