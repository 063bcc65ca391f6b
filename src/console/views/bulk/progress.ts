import type { BulkPlan, BulkProgress } from '../../../operator';
import type { Viewer } from '../../server/viewer';
import type { Html, Part } from '../html';
import { html } from '../html';
import { csrfField } from '../layout';
import { facts, note, time } from '../parts';

type State = BulkProgress['state'];

/** How far a bulk is: what the page refreshes by itself. */
export function progressBody(id: string, plan: BulkPlan, progress: BulkProgress, viewer: Viewer): Part {
  const { state, total, done, requested, failed, failures, why, beginsAt } = progress;
  const worked = done + requested + failed;
  const words = why === undefined ? MEANINGS[state] : `${MEANINGS[state]} ${why}.`;
  return [
    note(failed > 0 || state === 'stopped' ? 'bad' : 'good', [html`<strong>${state}</strong>`, ': ', words]),
    beginsAt !== undefined && html`<p>The first item is done at ${time(beginsAt)}.</p>`,
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
    viewer.canOperate &&
      html`<div class="actions">
        ${BUTTONS[state].map((name) => button(`/bulk/${id}/${PATHS[name]}`, name, viewer))}
      </div>`,
  ];
}

const MEANINGS: Readonly<Record<State, string>> = {
  waiting: 'nothing is done yet.',
  running: 'one item after the other.',
  paused: 'what was done stays done; the rest waits.',
  ended: 'all items had their turn.',
  stopped: 'what was done stays done; the rest was left.',
  cancelled: 'nothing was done.',
};

type Button = 'Cancel' | 'Pause' | 'Resume' | 'Stop';
const BUTTONS: Readonly<Record<State, readonly Button[]>> = {
  waiting: ['Cancel'],
  running: ['Pause', 'Stop'],
  paused: ['Resume', 'Stop'],
  ended: [],
  stopped: [],
  cancelled: [],
};
/** Who presses Cancel a moment too late has stopped it. */
const PATHS: Readonly<Record<Button, string>> = {
  Cancel: 'stop',
  Pause: 'pause',
  Resume: 'resume',
  Stop: 'stop',
};

function button(action: string, name: Button, { csrf }: Viewer): Html {
  return html`<form class="inline" method="post" action="${action}">
    ${csrfField(csrf)}<button class="${name === 'Stop' && 'danger'}">${name}</button>
  </form>`;
}
