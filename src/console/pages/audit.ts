/** The audit: what operators have done and read. */
import { z } from 'zod';
import type { AuditRecord } from '../../security/audit';
import { listAuditRecords } from '../../security/audit';
import type { OperatorContext } from '../../operator';
import type { Part } from '../views/html';
import { html } from '../views/html';
import { link, note, table, time } from '../views/parts';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, viewerIn } from './page-parts';

const PAGE = 50;

const query = z.object({
  actor: input.optional(input.line),
  action: input.optional(input.line),
  target: input.optional(input.line),
  unfinished: input.optional(z.literal('yes')),
  cursor: input.optional(input.sequence),
});
type Query = z.infer<typeof query>;

export const auditPages: AddPages = (app, { contextOf }) => {
  app.get('/audit', async (request, reply) => {
    const asked = input.read(query, request.query);
    const context = contextOf(viewerIn(request));
    return reply.page({
      title: 'Audit',
      section: '/audit',
      body: [filterForm(asked), await section('the audit', () => records(context, asked))],
    });
  });
};

function filterForm({ actor = '', action = '', target = '', unfinished }: Query): Part {
  const box = html`<input type="checkbox" name="unfinished" value="yes" />`;
  return html`<form class="filter" method="get" action="/audit">
    <label>Operator<br /><input name="actor" value="${actor}" /></label>
    <label>Action<br /><input name="action" value="${action}" placeholder="dead-letters.redrive" /></label>
    <label>Target<br /><input name="target" value="${target}" placeholder="dead-letter 17" /></label>
    <label>
      ${unfinished === undefined ? box : html`<input type="checkbox" name="unfinished" value="yes" checked />`}
      without an outcome only
    </label>
    <button>Show</button>
  </form>`;
}

async function records(context: OperatorContext, { unfinished, cursor, ...filter }: Query): Promise<Part> {
  // One more says whether there is another page.
  const found = await listAuditRecords(context.database(), {
    ...filter,
    ...(unfinished !== undefined && { unanswered: 'change' }),
    before: cursor,
    limit: PAGE + 1,
  });
  const shown = found.slice(0, PAGE);
  if (shown.length === 0) return note('plain', 'None.');
  const next = found.length > PAGE ? shown.at(-1)?.sequence : undefined;
  return [
    table(
      'Records of the audit',
      ['record', 'at', 'operator', 'role', 'kind', 'action', 'target', 'details'],
      shown.map(cellsOf),
    ),
    next !== undefined &&
      html`<p><a href="${link('/audit', { ...filter, unfinished, cursor: next })}">Next page</a></p>`,
  ];
}

function cellsOf(record: AuditRecord): Part[] {
  const { sequence, recordedAt, actor, verified, role, kind, refersTo, action, target, details } = record;
  return [
    ...[sequence, time(recordedAt), verified ? actor : `${actor} (unverified)`, role],
    ...[refersTo === undefined ? kind : `${kind} of ${refersTo}`, action, target, details],
  ];
}
