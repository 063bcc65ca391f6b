/**
 * The value at a place in JSON; `undefined` where there is none.
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
