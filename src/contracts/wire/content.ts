/**
 * What an event says, as one text: type and data. Two publishes of one event have the same; time, trace and other attributes may differ
 * from one attempt to the next.
 */
export function contentText(event: { readonly type: unknown; readonly data: unknown }): string {
  return stableJson([event.type, event.data]);
}

/** The same text for the same value, in whatever order its fields were written. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
