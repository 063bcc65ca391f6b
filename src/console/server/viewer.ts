import type { Operator } from '../../operator';
import type { Principal, Scope } from '../../security/tokens';

/** Who has sent a request. */
export interface Viewer {
  readonly operator: Operator;
  readonly scopes: readonly Scope[];
  /** What the token allows; absent on an open console. */
  readonly principal?: Principal | undefined;
  /** Whether this person may change something, and not only look. */
  readonly canOperate: boolean;
  /** Whether this person may approve what another one has requested. */
  readonly canApprove: boolean;
  /** What each form of this session must send. */
  readonly csrf: string;
}

/** Each of these lets a token in. */
export const READING: readonly Scope[] = ['read', 'operate', 'approve'];

export function viewerOf(
  operator: Operator,
  scopes: readonly Scope[],
  { csrf, principal }: Pick<Viewer, 'csrf' | 'principal'>,
): Viewer {
  const canOperate = scopes.includes('operate');
  const canApprove = canOperate || scopes.includes('approve');
  return { operator, scopes, principal, canOperate, canApprove, csrf };
}
