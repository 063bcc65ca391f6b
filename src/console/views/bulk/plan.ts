import type { BulkPlan } from '../../../operator';
import { moneyText } from '../../../operator';
import type { Viewer } from '../../server/viewer';
import type { Html, Part } from '../html';
import { html } from '../html';
import { csrfField } from '../layout';
import { note } from '../parts';

const SHOWN = 5;

/** The dry run: how many, the first of them, and the reason that is demanded. */
export function planBody(
  {
    id,
    plan,
    graceSeconds,
    two,
  }: {
    readonly id: string;
    readonly plan: BulkPlan;
    readonly graceSeconds: number;
    /** Why it needs a second person. */
    readonly two: string | undefined;
  },
  viewer: Viewer,
): Part {
  const { title, items, value, more, action } = plan;
  return [
    note('plain', `Nothing is done yet. ${title}.`),
    more && note('bad', 'There are more than one bulk takes: plan another one afterwards.'),
    value.length > 0 && html`<p>Money at risk: <strong>${value.map(moneyText).join(' + ')}</strong></p>`,
    html`<h2>The first ${Math.min(SHOWN, items.length)} of ${items.length}</h2>`,
    html`<ul>
      ${items.slice(0, SHOWN).map(({ target }) => html`<li>${targetLink(target)}</li>`)}
    </ul>`,
    html`<form
      class="card"
      method="post"
      action="/bulk/${id}/start"
      data-confirm="${two === undefined ? 'Start' : 'Request'} ${title}?"
    >
      ${csrfField(viewer.csrf)}
      <label>Reason<br /><input name="reason" maxlength="2000" required /></label>
      <label>
        Items each second<br />
        <input name="perSecond" type="number" min="1" max="20" value="5" required />
      </label>
      <p>One after the other; you can pause and stop it. Each item has its own record in the audit.</p>
      ${
        graceSeconds > 0 &&
        html`<p>
          The first item waits ${graceSeconds} seconds: until then you can cancel the bulk. What was done to
          an item stays done.
        </p>`
      }
      ${
        two === undefined
          ? action === 'bulk.decide' &&
            html`<p>A decision that needs two people becomes a request, for each process on its own page.</p>`
          : note('plain', `This only asks: ${two}.`)
      }
      <button class="${action === 'bulk.discard' && 'danger'}">
        ${two === undefined ? 'Start' : 'Request'}
      </button>
    </form>`,
  ];
}

/** Leads to the page of what an item is about. */
export function targetLink(target: string): Html {
  const [, sequence] = /^dead-letter (\d+)$/.exec(target) ?? [];
  return sequence === undefined
    ? html`<a href="/sagas/${encodeURIComponent(target)}">${target}</a>`
    : html`<a href="/dead-letters/${sequence}">${target}</a>`;
}
