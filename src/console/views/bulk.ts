import type { BulkPlan, BulkProgress, DecisionKind, StuckGroup } from '../../operator';
import type { Viewer } from '../server/viewer';
import type { Html, Part } from './html';
import { html } from './html';
import { csrfField } from './layout';
import { facts, note } from './parts';

const SHOWN = 5;

/** Leads to the dry run of one decision about a whole group. */
export function groupForm({ workflow, what, cause, stuck }: StuckGroup, viewer: Viewer): Part {
  if (!viewer.canOperate || stuck.length < 2) return '';
  const [asked] = stuck.flatMap((each) => (each.asked.kind === 'asks' ? [each.asked.question] : []));
  return html`<form class="inline" method="post" action="/bulk/decide">
    ${csrfField(viewer.csrf)}
    <input type="hidden" name="workflow" value="${workflow}" />
    <input type="hidden" name="what" value="${what}" />
    <input type="hidden" name="cause" value="${cause}" />
    ${(asked?.decisions ?? []).map(
      (decision: DecisionKind) =>
        html`<button class="quiet" name="decision" value="${decision}">${decision} all…</button> `,
    )}
  </form>`;
}

/** Leads to the dry run of an action on all open dead letters of a filter. */
export function deadLettersForm(filter: Readonly<Record<string, string | undefined>>, viewer: Viewer): Part {
  if (!viewer.canOperate) return '';
  return html`<form class="inline" method="post" action="/bulk/dead-letters">
    ${csrfField(viewer.csrf)}
    ${Object.entries(filter).map(
      ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <button class="quiet" name="action" value="redrive">Redrive all of this filter…</button>
    <button class="quiet" name="action" value="discard">Discard all of this filter…</button>
  </form>`;
}

/** The dry run: how many, the first of them, and the reason that is demanded. */
export function planBody(
  { id, plan }: { readonly id: string; readonly plan: BulkPlan },
  viewer: Viewer,
): Part {
  const { title, items, more, action } = plan;
  return [
    note('plain', `Nothing is done yet. ${title}.`),
    more && note('bad', 'There are more than one bulk takes: plan another one afterwards.'),
    html`<h2>The first ${Math.min(SHOWN, items.length)} of ${items.length}</h2>`,
    html`<ul>
      ${items.slice(0, SHOWN).map(({ target }) => html`<li>${targetLink(target)}</li>`)}
    </ul>`,
    html`<form class="card" method="post" action="/bulk/${id}/start" data-confirm="Start ${title}?">
      ${csrfField(viewer.csrf)}
      <label>Reason<br /><input name="reason" maxlength="2000" required /></label>
      <label>
        Items each second<br />
        <input name="perSecond" type="number" min="1" max="20" value="5" required />
      </label>
      <p>One after the other; you can stop it. Each item has its own record in the audit.</p>
      ${
        action === 'bulk.decide' &&
        html`<p>A decision that needs two people becomes a request, for each process on its own page.</p>`
      }
      <button class="${action === 'bulk.discard' && 'danger'}">Start</button>
    </form>`,
  ];
}

/** How far a bulk is: what the page refreshes by itself. */
export function progressBody(id: string, plan: BulkPlan, progress: BulkProgress, viewer: Viewer): Part {
  const { state, total, done, requested, failed, failures, why } = progress;
  const worked = done + requested + failed;
  return [
    note(failed > 0 || state === 'stopped' ? 'bad' : 'good', [state, why !== undefined && `: ${why}`]),
    html`<progress max="${total}" value="${worked}" aria-label="Progress">${worked} of ${total}</progress>`,
    facts([
      ['what', plan.title],
      ['done', done],
      ['wait for a second person', requested],
      ['failed', failed],
      ['left', total - worked],
    ]),
    failures.length > 0 &&
      html`<h2>Failures</h2>
        <ul>
          ${failures.map((failure) => html`<li>${failure}</li>`)}
        </ul>`,
    state === 'running' &&
      viewer.canOperate &&
      html`<form method="post" action="/bulk/${id}/stop">
        ${csrfField(viewer.csrf)}<button class="danger">Stop</button>
      </form>`,
  ];
}

function targetLink(target: string): Html {
  const [, sequence] = /^dead-letter (\d+)$/.exec(target) ?? [];
  return sequence === undefined
    ? html`<a href="/sagas/${encodeURIComponent(target)}">${target}</a>`
    : html`<a href="/dead-letters/${sequence}">${target}</a>`;
}
