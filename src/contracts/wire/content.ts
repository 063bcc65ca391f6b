/**
 * The content of an event, its type and data, as one text. It is the same for every publish of one event; time, trace
 * and other attributes may differ between attempts.
 */
export function contentText(event: { readonly type: unknown; readonly data: unknown }): string {
  return stableJson([event.type, event.data]);
}

/** JSON with sorted fields: the same text for the same value, in whatever order its fields were written. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
