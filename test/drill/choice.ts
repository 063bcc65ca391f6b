import type { Incident } from './incident';

/**
 * The incidents of these names, all without any. `--only a,b` is taken as well as `--only a b`.
 *
 * @throws Error for a name that no incident has
 */
export function chosenFrom<Each extends Pick<Incident, 'name'>>(
  incidents: readonly Each[],
  only: readonly string[] | undefined,
): readonly Each[] {
  if (only === undefined) return incidents;
  const names = only.flatMap((text) => text.split(',')).map((name) => name.trim());
  const unknown = names.filter((wanted) => !incidents.some(({ name }) => name === wanted));
  if (unknown.length > 0) throw new Error(`no such incident: ${unknown.join(', ')}`);
  return incidents.filter(({ name }) => names.includes(name));
}
