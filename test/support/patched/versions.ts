/** The code of `parcel`, in the order in which it is deployed. */
export const VERSIONS = ['before', 'patched', 'deprecated', 'removed'] as const;
export type Version = (typeof VERSIONS)[number];
