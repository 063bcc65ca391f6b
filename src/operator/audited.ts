import type { Database } from '../adapters/postgres';
import { errorMessage } from '../contracts';
import { RefusedError } from '../dead-letters';
import type { Json, NewAuditRecord } from '../security/audit';
import { appendAuditRecord } from '../security/audit';
import type { Scope } from '../security/tokens';
import { OperatorError } from './error';

/** The operator of a command or of a page. */
export interface Operator {
  /** The principal of the token; without tokens, the user of the operating system. */
  readonly name: string;
  /** Whether a token has proved the name. */
  readonly verified: boolean;
}

type Details = Readonly<Record<string, Json | undefined>>;

/** What goes on record. Details stay for good: they have no personal data and no content of events. */
export interface Audited {
  /** `dead-letters.redrive`. */
  readonly action: string;
  /** `dead-letter 17`, a workflow id. */
  readonly target: string;
  readonly details?: Details;
}

/** What an effect needs of its record, for records of its own. */
export interface OnRecord {
  readonly by: string;
  /** Sequence of the record in the audit. */
  readonly audit: number;
}

/** Records what an operator does. Nothing is done or shown that is not on record. */
export interface Auditing {
  /**
   * Records a change, makes it, and records its outcome. A record without an outcome means that the command ended in
   * between: the change may have been made.
   *
   * @param outcome further details of the outcome
   * @throws OperatorError `audit-unavailable` if the change cannot be recorded; it is then not made
   */
  change<Result>(
    about: Audited,
    effect: (recorded: OnRecord) => Promise<Result>,
    outcome?: (result: Result) => Details,
  ): Promise<Result>;
  /**
   * Records that data is shown in clear. Call it before anything is shown.
   *
   * @throws OperatorError `audit-unavailable` for an operator with a token. On a machine without tokens the data is shown
   * with a warning.
   */
  read(about: Audited): Promise<void>;
  /** Appends a record of another kind. */
  append(record: Omit<NewAuditRecord, 'actor' | 'verified'>): Promise<OnRecord>;
  /** The operator of a changing command. */
  operator(): Promise<Operator>;
  /** The same for what another person has requested: the scope `approve` is enough. */
  approving(): Auditing;
}

export interface AuditingParts {
  readonly database: () => Database;
  readonly identify: (scopes: readonly Scope[]) => Promise<Operator>;
  readonly warn: (text: string) => void;
}

const TO_CHANGE: readonly Scope[] = ['operate'];
const TO_APPROVE: readonly Scope[] = ['operate', 'approve'];
const TO_READ: readonly Scope[] = ['read', 'operate', 'approve'];

export function createAuditing({ database, identify: ask, warn }: AuditingParts): Auditing {
  const known = new Map<readonly Scope[], Promise<Operator>>();
  /** A command asks once, however many changes it makes. */
  function identify(scopes: readonly Scope[]): Promise<Operator> {
    const operator = known.get(scopes) ?? ask(scopes);
    known.set(scopes, operator);
    return operator;
  }

  async function append(
    { name: actor, verified }: Operator,
    record: Omit<NewAuditRecord, 'actor' | 'verified'>,
  ): Promise<OnRecord> {
    const { sequence } = await appendAuditRecord(database(), { actor, verified, ...record }).catch(
      unavailable,
    );
    return { by: actor, audit: sequence };
  }

  /** The effect is there, whatever becomes of this record: a failure is told, and changes nothing else. */
  async function recordOutcome(operator: Operator, about: Audited, change: number, details: Details) {
    const { action, target } = about;
    await append(operator, { kind: 'outcome', action, target, details, refersTo: change }).catch(
      (error: unknown) => warn(`record ${change} of the audit has no outcome: ${errorMessage(error)}`),
    );
  }

  const auditingOf = (toChange: readonly Scope[]): Auditing => ({
    change: async (about, effect, outcome) => {
      const operator = await identify(toChange);
      const recorded = await append(operator, { kind: 'change', ...about });
      let result: Awaited<ReturnType<typeof effect>>;
      try {
        result = await effect(recorded);
      } catch (error) {
        await recordOutcome(operator, about, recorded.audit, outcomeOf(error));
        throw error;
      }
      await recordOutcome(operator, about, recorded.audit, { outcome: 'done', ...outcome?.(result) });
      return result;
    },
    read: async (about) => {
      const operator = await identify(TO_READ);
      try {
        await append(operator, { kind: 'read', ...about });
      } catch (error) {
        if (operator.verified) throw error;
        warn(`not on record: ${errorMessage(error)}`);
      }
    },
    append: async (record) => append(await identify(toChange), record),
    operator: () => identify(toChange),
    approving: () => auditingOf(TO_APPROVE),
  });
  return auditingOf(TO_CHANGE);
}

/** Of two who answer one record at once, the second gets this from PostgreSQL. */
const UNIQUE_VIOLATION = '23505';

function unavailable(cause: unknown): never {
  if (cause instanceof Error && 'code' in cause && cause.code === UNIQUE_VIOLATION)
    throw new OperatorError('conflict', 'somebody else has answered this at the same moment');
  throw new OperatorError(
    'audit-unavailable',
    `the audit cannot be written (${errorMessage(cause)}), so nothing was done: is PostgreSQL running, and was "sagaline provision" run?`,
  );
}

/** Message texts may have personal data: the code is enough. */
function outcomeOf(error: unknown): Details {
  if (error instanceof RefusedError) return { outcome: 'refused', code: error.refusal };
  if (!(error instanceof OperatorError)) return { outcome: 'failed' };
  return { outcome: error.outcome, code: error.code };
}
