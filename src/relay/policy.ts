import type { Catalogue, EventContract, Rejection } from '../contracts';
import {
  DEAD_LETTER_HEADERS,
  decodePublished,
  internalSource,
  originOf,
  parseEventType,
  WORKFLOW_DEAD_LETTERS,
  WORKFLOW_REASONS,
} from '../contracts';

/** What the policy reads of a row. */
export interface WrittenRow {
  readonly event_id: string;
  readonly source: string;
  readonly subject: string;
  readonly body: Buffer;
  readonly headers: Record<string, string> | null;
  /** The login role that has written it; null for the relay's own, which is one user for all processes. */
  readonly writer: string | null;
}

/** What a login role may write into the outbox. */
export interface Writer {
  /** The contexts whose events it publishes. */
  readonly publishes: readonly string[];
  /** Whether it runs workflows, which have dead letters. */
  readonly runsWorkflows: boolean;
}

/** Why a row is not published, however often it is tried; `undefined` if it may be. */
export type OutboxPolicy = (row: WrittenRow) => Rejection | undefined;

const DEAD_LETTER_SUBJECT = /^dlq\.([a-z-]+)\.[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/;
const HEADER_NAMES: readonly string[] = Object.values(DEAD_LETTER_HEADERS);

/**
 * Makes the policy of a project's outbox: every worker pool may insert rows, so a row is no proof of a step. The relay
 * publishes internal events that no consumer would refuse, and dead letters of workflows, of roles that may write
 * them. Pure.
 *
 * @param writers by the name of the login role
 */
export function outboxPolicy(catalogue: Catalogue, writers: ReadonlyMap<string, Writer>): OutboxPolicy {
  return (row) => {
    if (row.subject.startsWith('dlq.'))
      return deadLetterProblem(row) ?? deadLetterWriterProblem(row, writers);
    const { subject, body, headers } = row;
    if (headers) return forbidden('an event of the outbox has no headers of its own', 'headers');
    const decoding = decodePublished({ subject, headers: {}, body }, catalogue);
    if (!decoding.ok) return decoding.rejection;
    const { event, published } = decoding;
    if (originOf(published).kind !== 'internal')
      return forbidden(`the project\u2019s own steps do not publish ${published.type}`, 'source');
    if (event.source !== row.source || event.id !== row.event_id)
      return forbidden('the row has another source or id than its event', 'id');
    return writerProblem(row, published, writers);
  };
}

function writerProblem(
  { source, writer }: WrittenRow,
  { type }: EventContract,
  writers: ReadonlyMap<string, Writer>,
): Rejection | undefined {
  if (writer === null) return undefined;
  const { publishes = [] } = writers.get(writer) ?? {};
  const context = parseEventType(type)?.context ?? '';
  if (!publishes.includes(context))
    return forbidden(
      `"${writer}" may not publish ${type}: its pool needs "${context}" in \`publishes\``,
      'type',
    );
  if (publishes.some((each) => internalSource(each) === source)) return undefined;
  return forbidden(
    `"${writer}" may not publish as "${source}": no context in \`publishes\` has it`,
    'source',
  );
}

function deadLetterProblem({ subject, source, headers }: WrittenRow): Rejection | undefined {
  const [, reason] = DEAD_LETTER_SUBJECT.exec(subject) ?? [];
  const isWorkflows =
    WORKFLOW_REASONS.some((each) => each === reason) &&
    source === WORKFLOW_DEAD_LETTERS &&
    headers?.[DEAD_LETTER_HEADERS.reason] === reason &&
    headers?.[DEAD_LETTER_HEADERS.workflow] !== undefined &&
    Object.keys(headers).every((name) => HEADER_NAMES.includes(name));
  return isWorkflows ? undefined : forbidden('it is not the dead letter of a workflow', 'subject');
}

function deadLetterWriterProblem(
  { writer }: WrittenRow,
  writers: ReadonlyMap<string, Writer>,
): Rejection | undefined {
  if (writer === null || writers.get(writer)?.runsWorkflows === true) return undefined;
  return forbidden(`"${writer}" may not write dead letters: its pool runs no workflows`, 'source');
}

function forbidden(detail: string, path: string): Rejection {
  return { reason: 'forbidden-origin', detail, path };
}
