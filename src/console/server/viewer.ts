import type { Operator } from '../../operator';
import type { Scope } from '../../security/tokens';

/** Who has sent a request. */
export interface Viewer {
  readonly operator: Operator;
  readonly scopes: readonly Scope[];
  /** Whether this person may change something, and not only look. */
  readonly canOperate: boolean;
  /** Whether this person may approve what another one has requested. */
  readonly canApprove: boolean;
  /** What each form of this session must send. */
  readonly csrf: string;
}

/** Each of these lets a token in. */
export const READING: readonly Scope[] = ['read', 'operate', 'approve'];

export function viewerOf(operator: Operator, scopes: readonly Scope[], csrf: string): Viewer {
  const canOperate = scopes.includes('operate');
  return { operator, scopes, canOperate, canApprove: canOperate || scopes.includes('approve'), csrf };
}
