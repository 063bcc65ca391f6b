/** The list of dead letters, and what they have in common. */
import { z } from 'zod';
import { REASONS } from '../../contracts';
import type { ListedDeadLetter } from '../../dead-letters';
import { listDeadLetters } from '../../dead-letters';
import type { OperatorContext } from '../../operator';
import type { Viewer } from '../server/viewer';
import { deadLettersForm } from '../views/bulk/forms';
import type { Part } from '../views/html';
import { html } from '../views/html';
import { link, note, table, time } from '../views/parts';
import { meaningOf } from '../views/reasons';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, viewerIn } from './page-parts';

const PAGE = 50;
/** Dead letters that are grouped: of more, the newest. */
const GROUPED = 200;
const MAX_CELL = 160;

const query = z.object({
  reason: input.optional(input.deadLetterReason),
  context: input.optional(input.word),
  key: input.optional(input.key),
  all: input.optional(z.literal('yes')),
  cursor: input.optional(input.sequence),
});
type Query = z.infer<typeof query>;

export const deadLettersPages: AddPages = (app, { contextOf }) => {
  app.get('/dead-letters', async (request, reply) => {
    const asked = input.read(query, request.query);
    const viewer = viewerIn(request);
    const context = contextOf(viewer);
    return reply.page({
      title: 'Dead letters',
      section: '/dead-letters',
      body: [filterForm(asked), await section('dead letters', () => lists(context, asked, viewer))],
    });
  });
};

async function lists(context: OperatorContext, asked: Query, viewer: Viewer): Promise<Part> {
  const parts = await context.deadLetters();
  const filter = { ...asked, all: asked.all !== undefined, order: 'newest' } as const;
  const page = await listDeadLetters(parts, { ...filter, limit: GROUPED });
  const shown = page.items.slice(0, PAGE);
  // The page of the list ends before the groups do.
  const next = page.items[PAGE]?.sequence ?? page.next;
  if (shown.length === 0 && next === undefined) return note('good', 'None.');
  return [
    html`<h2>Groups</h2>`,
    html`<p class="quiet-text">
      ${page.next === undefined ? 'All' : `The newest ${page.items.length}`} of this filter, by reason and
      kind of event
    </p>`,
    groups(page.items, asked),
    deadLettersForm({ reason: asked.reason, context: asked.context, key: asked.key }, viewer),
    html`<h2>One by one</h2>`,
    table(
      'Dead letters',
      ['number', 'dead-lettered', 'state', 'reason', 'context', 'key', 'detail'],
      shown.map(cellsOf),
    ),
    next !== undefined &&
      html`<p><a href="${link('/dead-letters', { ...asked, cursor: next })}">Next page</a></p>`,
  ];
}

function groups(items: readonly ListedDeadLetter[], asked: Query): Part {
  const found = new Map<string, { reason: string; context: string; count: number; oldest: string }>();
  for (const { reason, context, deadLetteredAt } of items) {
    const name = `${reason}\n${context}`;
    const group = found.get(name) ?? { reason, context, count: 0, oldest: deadLetteredAt };
    const oldest = deadLetteredAt < group.oldest ? deadLetteredAt : group.oldest;
    found.set(name, { ...group, count: group.count + 1, oldest });
  }
  const rows = [...found.values()]
    .sort((one, other) => other.count - one.count)
    .map(({ reason, context, count, oldest }): Part[] => [
      count,
      html`<a href="${link('/dead-letters', { ...asked, cursor: undefined, reason, context })}"
        >${reason}</a
      >`,
      context,
      time(oldest),
      meaningOf(reason),
    ]);
  return table('Groups of dead letters', ['count', 'reason', 'context', 'oldest', 'meaning'], rows);
}

function cellsOf(item: ListedDeadLetter): Part[] {
  const { sequence, deadLetteredAt, state, reason, context, key, detail } = item;
  const number = html`<a href="/dead-letters/${sequence}">${sequence}</a>`;
  return [number, time(deadLetteredAt), state, reason, context, key, detail.slice(0, MAX_CELL)];
}

function filterForm({ reason, context = '', key = '', all }: Query): Part {
  return html`<form class="filter" method="get" action="/dead-letters">
    <label>
      Reason<br />
      <select name="reason">
        <option value="">all</option>
        ${Object.keys(REASONS).map((name) =>
          name === reason ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
        )}
      </select>
    </label>
    <label>Context<br /><input name="context" value="${context}" maxlength="64" /></label>
    <label>Correlation key<br /><input name="key" value="${key}" maxlength="64" /></label>
    <label>
      ${
        all === undefined
          ? html`<input type="checkbox" name="all" value="yes" />`
          : html`<input type="checkbox" name="all" value="yes" checked />`
      }
      also redriven and discarded ones
    </label>
    <button>Show</button>
  </form>`;
}
