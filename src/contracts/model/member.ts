/**
 * The value at a place in JSON; `undefined` if the place does not exist.
 *
 * @example memberAt({ meta: { event: 'paid' } }, 'meta.event') // 'paid'
 */
export function memberAt(value: unknown, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
          ? (inner as Record<string, unknown>)[name]
          : undefined,
      value,
    );
}
