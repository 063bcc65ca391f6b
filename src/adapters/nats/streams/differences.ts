import { stableJson } from '../../../contracts';

/** Compares a stream or consumer with what it must be, field by field; returns a line for each difference. */
export function differencesOf<Config extends object>(
  existing: Config,
  wanted: Partial<Config>,
  names: readonly (keyof Config & string)[],
): string[] {
  return names.flatMap((name) => {
    const [is, should] = [existing[name], wanted[name]].map((value) =>
      stableJson(value ?? ABSENT[name] ?? null),
    );
    return is === should ? [] : [`${name} is ${is ?? ''}, must be ${should ?? ''}`];
  });
}

/** The values of settings that the server leaves out. */
const ABSENT: Readonly<Record<string, unknown>> = {
  no_ack: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_direct: false,
};
