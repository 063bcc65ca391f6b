/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process: the only place that reads it. */
export function environment(): Environment {
  // eslint-disable-next-line no-restricted-properties -- this is the place that the rule names
  return process.env;
}
