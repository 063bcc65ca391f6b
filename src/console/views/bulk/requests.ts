import type { BulkRequest } from '../../../operator';
import { moneyText } from '../../../operator';
import type { Bulk } from '../../server/bulks';
import type { Viewer } from '../../server/viewer';
import type { Part } from '../html';
import { html } from '../html';
import { csrfField } from '../layout';
import { facts, note, table, time } from '../parts';
import { targetLink } from './plan';

/** What was started on this console. */
export function bulksTable(bulks: readonly Bulk[]): Part {
  const started = bulks.flatMap(({ id, by, plan, run }) =>
    run ? [{ id, by, plan, ...run.progress() }] : [],
  );
  if (started.length === 0) return note('plain', 'Nothing was started on this console since its own start.');
  return table(
    'Started here',
    ['what', 'by', 'state', 'done', 'failed', 'of'],
    started.map(({ id, by, plan, state, done, failed, total }) => [
      html`<a href="/bulk/${id}">${plan.title}</a>`,
      ...[by, state, done, failed, total],
    ]),
  );
}

/** What waits for a second person. */
export function requestsTable(requests: readonly BulkRequest[]): Part {
  if (requests.length === 0) return note('good', 'No request waits for a second person.');
  return table(
    'Requests',
    ['request', 'at', 'by', 'what', 'items', 'money at risk', 'reason'],
    requests.map(({ request, at, by, title, items, value, reason }) => [
      html`<a href="/bulk/requests/${request}">${request}</a>`,
      ...[time(at), by, title, items, value.map(moneyText).join(' + '), reason],
    ]),
  );
}

/** One request, with the button of the second person. */
export function requestBody(bulk: BulkRequest, viewer: Viewer): Part {
  const { request, by, at, approvedBy, title, items, value, first, reason, perSecond } = bulk;
  const isOwn = by === viewer.operator.name;
  return [
    note('plain', approvedBy === undefined ? 'Nothing is done yet.' : `${approvedBy} has approved it.`),
    facts([
      ['what', title],
      ['asked by', by],
      ['at', time(at)],
      ['reason', reason],
      ['items', items],
      ...(value.length === 0 ? [] : [['money at risk', value.map(moneyText).join(' + ')] as const]),
      ['items each second', perSecond],
    ]),
    html`<h2>The first ${first.length} of ${items}</h2>`,
    html`<ul>
      ${first.map((target) => html`<li>${targetLink(target)}</li>`)}
    </ul>`,
    approvedBy === undefined && isOwn && html`<p>Another person approves it, within a day.</p>`,
    approvedBy === undefined &&
      !isOwn &&
      (viewer.canApprove
        ? html`<form
            class="card"
            method="post"
            action="/bulk/requests/${request}/approve"
            data-confirm="Approve ${title}?"
          >
            ${csrfField(viewer.csrf)}
            <p>It does what the request has seen, and of that what is still so.</p>
            <button>Approve and start</button>
          </form>`
        : note('plain', 'To approve it, sign in with a token that has the scope operate or approve.')),
  ];
}
