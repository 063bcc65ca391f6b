/** Sagas: those that wait for a person, and the open ones. */
import { z } from 'zod';
import { findSaga, listSagas } from '../../adapters/temporal';
import { isCorrelationKey, workflowIdOf } from '../../contracts';
import type { OperatorContext, StuckSaga } from '../../operator';
import { isWorkflowId, stuckInWords, stuckSince } from '../../operator';
import type { Part } from '../views/html';
import { html } from '../views/html';
import { link, note, sagaLink, table, time } from '../views/parts';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, seeOther, soon, viewerIn } from './page-parts';

const PAGE = 50;
/** Characters of a message in a list. */
const MAX_CELL = 160;

const WAITING = { alone: '/live/sagas/stuck', whole: '/sagas?wait=yes' };

const query = z.object({
  wait: input.optional(z.literal('yes')),
  q: input.optional(z.string().trim().max(200)),
  workflow: input.optional(input.word),
  state: input.optional(input.word),
  cursor: input.optional(z.string().max(4_000)),
});
type Query = z.infer<typeof query>;

export const sagasPages: AddPages = (app, { contextOf, stuck }) => {
  const stuckPart = () => section('sagas that wait for a person', async () => stuckTable(await stuck()));

  app.get('/sagas', async (request, reply) => {
    const asked = input.read(query, request.query);
    const context = contextOf(viewerIn(request));
    const found = asked.q === undefined ? undefined : await search(context, asked.q);
    if (found?.length === 1) return seeOther(reply, `/sagas/${encodeURIComponent(found[0] ?? '')}`);
    const waiting = stuckPart();
    const [stuckOnes, open] = await Promise.all([
      asked.wait === undefined ? soon(waiting, WAITING) : waiting,
      section('open sagas', () => openTable(context, asked)),
    ]);
    return reply.page({
      title: 'Sagas',
      section: '/sagas',
      body: [
        searchForm(asked),
        found && foundSagas(found, asked.q ?? ''),
        html`<h2>Waiting for a person</h2>`,
        stuckOnes,
        html`<h2>Open</h2>`,
        filterForm(context, asked),
        open,
      ],
    });
  });
  app.get('/live/sagas/stuck', { config: { background: true } }, async (_request, reply) =>
    reply.fragment(await stuckPart()),
  );
};

/** The workflows with this id or this correlation key. */
async function search(context: OperatorContext, text: string): Promise<string[]> {
  const ids = [
    ...(isWorkflowId(text) ? [text] : []),
    ...(isCorrelationKey(text) ? context.processes.map((process) => workflowIdOf(process, text)) : []),
  ];
  const temporal = await context.temporal();
  const found = await Promise.all(ids.map((id) => findSaga(temporal, id)));
  return [...new Set(found.flatMap((each) => (each ? [each.saga.workflowId] : [])))];
}

function searchForm({ q = '' }: Query): Part {
  return html`<form class="filter" method="get" action="/sagas" role="search">
    <label>
      Workflow id or correlation key<br />
      <input name="q" value="${q}" maxlength="200" />
    </label>
    <button>Find</button>
  </form>`;
}

function foundSagas(found: readonly string[], text: string): Part {
  return found.length === 0
    ? note('plain', `There is no workflow “${text}”, or Temporal has forgotten it.`)
    : html`<ul>
        ${found.map((id) => html`<li>${sagaLink(id)}</li>`)}
      </ul>`;
}

function stuckTable({ stuck, more }: { readonly stuck: readonly StuckSaga[]; readonly more: boolean }): Part {
  if (stuck.length === 0) return note('good', 'Nobody has to decide anything.');
  const rows = stuck.slice(0, PAGE).map((each) => {
    const { what, why } = stuckInWords(each.asked);
    const { workflowId, state } = each.saga;
    return [sagaLink(workflowId), state, time(stuckSince(each)), what, why.slice(0, MAX_CELL)];
  });
  return [
    table('Sagas that wait for a person', ['workflow', 'state', 'since', 'what', 'why'], rows),
    (more || stuck.length > PAGE) && note('plain', `The first ${PAGE} are shown.`),
  ];
}

function filterForm({ processes }: OperatorContext, { workflow, state = '' }: Query): Part {
  const states = [
    ...new Set(
      processes.flatMap((process) =>
        process.batches ? [] : (process.transitions ?? []).flatMap(({ from, to }) => [from, to]),
      ),
    ),
  ].sort();
  return html`<form class="filter" method="get" action="/sagas">
    <label>
      Workflow<br />
      <select name="workflow">
        <option value="">all</option>
        ${processes.map(({ name }) =>
          name === workflow ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
        )}
      </select>
    </label>
    <label>
      State<br />
      <input name="state" value="${state}" list="states" maxlength="64" />
    </label>
    <datalist id="states">${states.map((name) => html`<option value="${name}"></option>`)}</datalist>
    <button>Show</button>
  </form>`;
}

async function openTable(context: OperatorContext, { workflow, state, cursor }: Query): Promise<Part> {
  const page = await listSagas(await context.temporal(), { workflow, state }, { size: PAGE, cursor });
  if (page.sagas.length === 0) return note('plain', 'None.');
  return [
    table(
      'Open sagas',
      ['workflow', 'type', 'state', 'started'],
      page.sagas.map((saga) => [sagaLink(saga.workflowId), saga.workflow, saga.state, time(saga.startedAt)]),
    ),
    page.next !== undefined &&
      html`<p><a href="${link('/sagas', { workflow, state, cursor: page.next })}">Next page</a></p>`,
  ];
}
