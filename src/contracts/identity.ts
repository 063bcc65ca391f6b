/**
 * The identity of an event in one string, as workflows remember it: a source has no space in it, so that no two events
 * share one. (A file of its own, because workflows load it.)
 */
export function identityOf({ source, id }: { readonly source: string; readonly id: string }): string {
  return `${source} ${id}`;
}
