/** A bulk that needs two people: the first one makes a request, which the second one approves as a whole. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditRecord } from '../../security/audit';
import { findAuditRecord, listAuditRecords } from '../../security/audit';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { openRequest, REQUEST_MS } from '../requests';
import type { BulkItem, BulkPlan } from './plan';
import { planBulk } from './plan';
import type { BulkGiven, RunningBulk } from './run';
import { runBulk } from './run';
import { BULK_ACTIONS, bulkWanted } from './wanted';

/** Characters of an item's digest. A thousand of them fit into one record, and no two items have the same. */
const DIGEST = 16;
/** Items that a request names. */
const NAMED = 5;
/** Requests that are looked at. */
const MOST_REQUESTS = 100;

const about = z.object({
  wanted: bulkWanted,
  title: z.string(),
  items: z.number(),
  value: z.array(z.object({ amount: z.number(), currency: z.string(), digits: z.number() })),
  first: z.array(z.string()),
  reason: z.string(),
  perSecond: z.number(),
});
const details = about.extend({ digests: z.array(z.string()) });

/** A request for a second person, as the audit has it. */
export interface BulkRequest extends z.infer<typeof about> {
  /** Sequence of its record in the audit. */
  readonly request: number;
  readonly by: string;
  readonly at: string;
  /** Who has approved it. */
  readonly approvedBy?: string;
}

/** Asks for a second person. Nothing is done. @returns the sequence of the request in the audit */
export async function requestBulk(
  { auditing }: Pick<OperatorContext, 'auditing'>,
  { wanted, action, title, items, value }: BulkPlan,
  { reason, perSecond }: BulkGiven,
): Promise<{ readonly request: number; readonly by: string }> {
  const { by, audit } = await auditing.append({
    ...{ kind: 'request', action, target: title },
    details: {
      ...{ wanted, title, items: items.length, reason, perSecond },
      value: value.map((sum) => ({ ...sum })),
      first: items.slice(0, NAMED).map(({ target }) => target),
      digests: items.map(digestOf),
    },
  });
  return { request: audit, by };
}

/**
 * Approves a bulk that another person has requested, and starts it. It does what the request has seen, and of that what is
 * still so: a process that asks something else by now, or a dead letter that is not open any more, is left out.
 *
 * @param sequence of the request in the audit
 * @throws OperatorError if there is no such request, if this operator may not approve it, if nothing is left to do, or `conflict` if
 *   some cannot be found because too many wait by now
 */
export async function approveBulk(
  context: OperatorContext,
  sequence: number,
): Promise<{ readonly plan: BulkPlan; readonly run: RunningBulk }> {
  const auditing = context.auditing.approving();
  const record = await openRequest(context, sequence, BULK_ACTIONS);
  const { wanted, title, digests, reason, perSecond } = details.parse(JSON.parse(record.details));
  const seen = new Set(digests);
  const now = await planBulk(context, wanted);
  const items = now.items.filter((item) => seen.has(digestOf(item)));
  const missing = digests.length - items.length;
  if (missing > 0 && now.more)
    throw new OperatorError(
      'conflict',
      `${missing} of the ${digests.length} that were requested are not among those that one bulk looks at now: request fewer`,
    );
  const plan = { ...now, items, title: missing === 0 ? title : `${title} (${items.length} are still so)` };
  if (plan.items.length === 0)
    throw new OperatorError('nothing-to-do', 'nothing of what was requested is left to do');
  const { by: approvedBy, audit: approval } = await auditing.append({
    ...{ kind: 'approval', action: record.action, target: record.target, refersTo: sequence },
  });
  const approved = { by: record.actor, audit: sequence, approvedBy, approval };
  return { plan, run: runBulk({ ...context, auditing }, plan, { reason, perSecond, approved }) };
}

/** The requests of the last day that nobody has approved, the newest first. */
export async function openBulkRequests({
  database,
}: Pick<OperatorContext, 'database'>): Promise<readonly BulkRequest[]> {
  const since = new Date(Date.now() - REQUEST_MS);
  const lists = await Promise.all(
    BULK_ACTIONS.map((action) =>
      listAuditRecords(database(), { action, since, unanswered: 'request', limit: MOST_REQUESTS }),
    ),
  );
  return lists
    .flat()
    .sort((one, other) => other.sequence - one.sequence)
    .flatMap((record) => requestOf(record, undefined) ?? []);
}

/** @throws OperatorError `unknown-request` */
export async function bulkRequest(
  { database }: Pick<OperatorContext, 'database'>,
  sequence: number,
): Promise<BulkRequest> {
  const found = await findAuditRecord(database(), sequence);
  if (found?.record.kind !== 'request' || !BULK_ACTIONS.some((action) => action === found.record.action))
    throw new OperatorError('unknown-request', `record ${sequence} of the audit is not such a request`);
  const request = requestOf(found.record, found.answer);
  if (!request) throw new OperatorError('unknown-request', `request ${sequence} is of another version`);
  return request;
}

/** `undefined` if another version has made it. */
function requestOf(record: AuditRecord, answer: AuditRecord | undefined): BulkRequest | undefined {
  const { data: known } = about.safeParse(JSON.parse(record.details));
  if (!known) return undefined;
  return {
    ...known,
    ...{ request: record.sequence, by: record.actor, at: record.recordedAt },
    ...(answer && { approvedBy: answer.actor }),
  };
}

function digestOf({ identity }: BulkItem): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, DIGEST);
}
