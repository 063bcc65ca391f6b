import { hasDotSegments } from '../../contracts';

/**
 * What the bearer of a token may do at the gateway. `read`, `operate` and `approve` are for operators: their routes, the
 * command line and the console.
 */
export const SCOPES = ['events:publish', 'endpoints:submit', 'read', 'operate', 'approve'] as const;

export type Scope = (typeof SCOPES)[number];

/** Whose token it is, and what it allows. */
export interface Principal {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /**
   * The sources of events that it may publish; a `*` at the end stands for any rest without dot segments. Default: all
   */
  readonly sources?: readonly string[] | undefined;
  /** The types of events that it may publish; a `*` at the end stands for any rest. Default: all */
  readonly types?: readonly string[] | undefined;
}

export type Forbidden = 'forbidden-source' | 'forbidden-type';

/** Whether a principal with the scope `events:publish` may publish this event; `undefined` if it may. */
export function forbiddenEvent(
  { sources, types }: Principal,
  event: { readonly source: string; readonly type: string },
): Forbidden | undefined {
  const isExact = !hasDotSegments(event.source);
  if (!isAmong(event.source, isExact ? sources : sources?.filter((pattern) => !pattern.endsWith('*'))))
    return 'forbidden-source';
  return isAmong(event.type, types) ? undefined : 'forbidden-type';
}

function isAmong(value: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern,
  );
}
